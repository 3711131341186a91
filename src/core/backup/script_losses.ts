import { labelOf } from "../sql/label.ts";
import type { ParseStatement } from "../sql/parse_tree.ts";
import type { Statement } from "../sql/statement.ts";
import { findLosses } from "./find_losses.ts";
import type { LossTarget, PossibleLoss, ScriptLosses } from "./loss.ts";
import { createsDestruction, mayRename } from "./loss_words.ts";

/** Collects what the statements of a script may destroy, while it is read. */
export class LossCollector {
  readonly #losses: PossibleLoss[] = [];
  readonly #seen = new Set<string>();
  #renames = false;
  #createsCode = false;

  /** Takes a statement that the grammar has nothing to say about. */
  see({ text }: Pick<Statement, "text">): void {
    this.#renames ||= mayRename(text);
    this.#createsCode ||= createsDestruction(text);
  }

  /** Takes a statement for which `mayLose()` is true. */
  judge(
    { text, line }: Pick<Statement, "text" | "line">,
    parse: ParseStatement,
  ): void {
    if (this.#seen.has(keyOf(ANYTHING))) return;
    const targets = this.#seen.size < MAX_TARGETS
      ? targetsOf(text, parse)
      : [ANYTHING];
    const fresh = targets.filter((target) => this.#isFresh(target));
    if (fresh.length === 0) return;
    this.#losses.push({ statement: labelOf(text), line, targets: fresh });
  }

  end(): ScriptLosses {
    return {
      losses: this.#losses,
      renames: this.#renames,
      createsCode: this.#createsCode,
    };
  }

  /** A script may delete by the million statements; one of a kind says all. */
  #isFresh(target: LossTarget): boolean {
    const key = keyOf(target);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

const MAX_TARGETS = 1000;
const ANYTHING: LossTarget = { kind: "anything" };
/** The server is not sent more, only to be asked for its grammar. */
const MAX_UNPARSED = 100_000;

function targetsOf(sql: string, parse: ParseStatement): readonly LossTarget[] {
  const tree = parse(sql);
  if (tree !== undefined) return findLosses(tree);
  return sql.length > MAX_UNPARSED ? [ANYTHING] : [{ kind: "unparsed", sql }];
}

function keyOf(target: LossTarget): string {
  return JSON.stringify(target);
}
