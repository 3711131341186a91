import { scriptChecksum, scriptPath, type Step } from "../../core/plan/plan.ts";
import type { Segment } from "../../core/plan/segments.ts";
import { createSeal } from "../../core/script_seal.ts";
import type { TransactionControl } from "../../core/sql/classification.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { readTransactionControl } from "../../core/sql/transaction_control.ts";
import { FileError } from "../../errors.ts";
import { ScriptCursor } from "../script.ts";
import type { PreparedStep } from "./step_context.ts";

/**
 * Reads the script of a step while it runs, and sees to it that nothing is
 * committed but what was planned: the file may change at any moment.
 */
export class ScriptGuard {
  readonly cursor: ScriptCursor;
  readonly #prepared: PreparedStep;
  readonly #seal = createSeal();

  constructor(prepared: PreparedStep) {
    this.#prepared = prepared;
    const { script, seals } = prepared;
    this.cursor = new ScriptCursor(script, seals && this.#seal);
  }

  /** Throws `FileError` if a statement is not what was planned. */
  async requireSendable(
    statement: Statement,
    segment: Segment,
  ): Promise<void> {
    const following = await this.cursor.peek();
    if (following?.kind === "copy_data") return;
    if (segment.mode === "non_transactional") {
      return this.requireSame(statement.index);
    }
    // It would commit before the end of the file was compared.
    const control = readTransactionControl(statement.text)?.control;
    if (control !== undefined && ENDING.has(control)) throw this.#changed();
  }

  /** The data of a COPY; throws at their end, before they are committed. */
  async *copyData(
    { index }: Statement,
    segment: Segment,
  ): AsyncGenerator<Uint8Array> {
    yield* this.cursor.copyData();
    if (segment.mode === "non_transactional") this.requireSame(index);
  }

  /** Throws `FileError` if what was read up to a statement has changed. */
  requireSame(index: number): void {
    const expected = this.#prepared.seals?.get(index);
    if (this.#prepared.seals === undefined) return;
    if (expected !== this.#seal.digest()) throw this.#changed();
  }

  /** Reads the rest; throws `FileError` if anything in the file has changed. */
  async requireUnchanged(): Promise<void> {
    const expected = scriptChecksum(this.#prepared.step);
    if (await this.cursor.checksum() !== expected) throw this.#changed();
  }

  /** A file that could be split when it was planned, and no longer can. */
  explain(error: unknown): unknown {
    const isUnusable = error instanceof FileError &&
      error.location?.line !== undefined;
    return isUnusable ? this.#changed(error) : error;
  }

  #changed(cause?: FileError): FileError {
    return fileChanged(this.#prepared.step, cause);
  }
}

/** What the plan never sends: it is absorbed or refused there. */
const ENDING: ReadonlySet<TransactionControl> = new Set<TransactionControl>([
  "begin",
  "commit",
  "commit_and_chain",
  "rollback",
  "rollback_and_chain",
  "prepare_transaction",
]);

function fileChanged(step: Step, cause: FileError | undefined): FileError {
  return new FileError(
    "file_changed",
    `Cannot finish "${step.version}_${step.name}" as its file changed while ` +
      `it ran`,
    {
      hint: "run the command again",
      location: { path: scriptPath(step) },
      cause,
    },
  );
}
