import type { ScriptLosses } from "../../core/backup/loss.ts";
import { mayLose } from "../../core/backup/loss_words.ts";
import { LossCollector } from "../../core/backup/script_losses.ts";
import type { BackupMode } from "../../core/backup/weigh_losses.ts";
import type { Step } from "../../core/plan/plan.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { loadGrammar } from "../grammar.ts";

/** Is shown the statements of a script, to say what they may destroy. */
export interface LossJudge {
  see(statement: Statement): Promise<void>;
  end(): ScriptLosses;
}

/** A judge for a script; it looks only where the answer decides something. */
export function createLossJudge(step: Step, mode: BackupMode): LossJudge {
  const losses = new LossCollector();
  const first = step.resume?.statementsDone ?? 0;
  return {
    async see(statement) {
      if (mode !== "auto" || statement.index < first) return;
      losses.see(statement);
      if (!mayLose(statement.text)) return;
      losses.judge(statement, (await loadGrammar()).parse);
    },
    end: () => losses.end(),
  };
}
