import {
  createEnumWatch,
  type EnumWatch,
  findNewValue,
  noteEnums,
} from "../../core/plan/enum_watch.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { classifyStatement } from "./classify_statement.ts";

/** The enum values that were added in the transaction. */
export class NewEnumValues {
  readonly #watch: EnumWatch = createEnumWatch();

  /** Whether a statement may use one of them before it can be used. */
  async mayUseNew(statement: Statement): Promise<boolean> {
    if (this.#watch.added.length === 0) return false;
    const found = await classifyStatement(statement);
    return found.control === undefined &&
      findNewValue(this.#watch, statement, found) !== undefined;
  }

  /** Takes in a statement that has run. */
  async note(statement: Statement): Promise<void> {
    if (!/\btype\b/i.test(statement.text)) return;
    noteEnums(this.#watch, statement, await classifyStatement(statement));
  }
}
