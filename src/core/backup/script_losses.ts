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
    const tree = this.#seen.size < MAX_TARGETS ? parse(text) : undefined;
    const targets = tree === undefined ? [ANYTHING] : findLosses(tree);
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

function keyOf(target: LossTarget): string {
  return JSON.stringify(target);
}
