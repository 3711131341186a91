import {
  type BackupDecision,
  decideByMode,
  decideForCauses,
  decideNothingLost,
} from "../../core/backup/backup_decision.ts";
import {
  findTouched,
  type JudgedScript,
  listCandidates,
  weighLosses,
} from "../../core/backup/weigh_losses.ts";
import type { Finding } from "../../core/finding.ts";
import { scriptPath } from "../../core/plan/plan.ts";
import type { Connection } from "../postgres/connection.ts";
import { readFilledTables, readLosses } from "../postgres/loss_store.ts";
import type { PreparedStep } from "../postgres/step_context.ts";
import type { Target } from "../postgres/target.ts";

/** What is decided for a plan, and what there is to say besides. */
export interface PlannedBackup {
  readonly decision: BackupDecision;
  readonly findings: readonly Finding[];
  /** All that the plan changes; undefined when nobody can say. */
  readonly touched?: readonly string[] | undefined;
}

/**
 * Whether a plan needs a backup: its statements are asked what they may
 * destroy, and the catalogs whether there is anything to lose.
 */
export async function decideBackup(
  connection: Connection,
  { settings, names }: Target,
  prepared: readonly PreparedStep[],
): Promise<PlannedBackup> {
  const decided = decideByMode(settings.backup);
  if (decided !== undefined) return { decision: decided, findings: [] };
  const candidates = listCandidates(prepared.map(judgedScript));
  if (candidates.length === 0) return withoutLoss("no_statement");
  const answers = await readLosses(connection, candidates);
  const { causes, doubts, databases } = weighLosses(
    candidates,
    answers ?? new Map(),
  );
  const findings = databases.map(otherDatabase);
  if (answers === undefined) return { decision: LOCKED, findings };
  if (causes.length > 0) {
    const decision = decideForCauses([...causes, ...doubts]);
    const touched = doubts.length > 0
      ? undefined
      : findTouched(candidates, answers);
    return { decision, findings, touched };
  }
  if (doubts.length === 0) {
    return { ...withoutLoss("empty_tables"), findings };
  }
  const filled = await readFilledTables(connection, names);
  if (filled === undefined) return { decision: LOCKED, findings };
  return filled.length === 0
    ? { ...withoutLoss("empty_tables"), findings }
    : { decision: decideForCauses(doubts), findings };
}

const LOCKED: BackupDecision = {
  decision: "made",
  reason: "others have locked what it may take data from",
  causes: [],
};

function withoutLoss(
  seen: Parameters<typeof decideNothingLost>[0],
): PlannedBackup {
  return { decision: decideNothingLost(seen), findings: [] };
}

function judgedScript({ step, losses }: PreparedStep): JudgedScript {
  return { version: step.version, path: scriptPath(step), losses };
}

function otherDatabase(name: string): Finding {
  return {
    severity: "warning",
    code: "backup_elsewhere",
    message: `The database "${name}" is to be dropped, and no backup of ` +
      `this database holds it`,
    hint: `make one of it first: "lockstep backup" with its --database-url`,
  };
}
