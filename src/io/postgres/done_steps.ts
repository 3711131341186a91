import type { StepOutcome, StepStatus } from "../../core/outcome.ts";
import { ConnectionError } from "../../errors.ts";
import { NOW, ofVersion } from "./claim_sql.ts";
import { PostgresError } from "./postgres_error.ts";
import type { StepContext } from "./step_context.ts";

/**
 * A COMMIT that does not wait for the disk is on it after three times
 * wal_writer_delay at the latest, which is 10 s at most (PostgreSQL
 * documentation, "Asynchronous Commit").
 */
const FLUSHED_AFTER_MS = 30_000;

/**
 * The steps that a run has finished. A crash of the server may undo the last
 * ones, since only the COMMIT of the very last step waits for the disk.
 */
export class DoneSteps {
  readonly #steps: { readonly outcome: StepOutcome; readonly at: number }[] =
    [];

  get outcomes(): readonly StepOutcome[] {
    return this.#steps.map(({ outcome }) => outcome);
  }

  add(outcome: StepOutcome): void {
    this.#steps.push({ outcome, at: performance.now() });
  }

  /** All of them, those that may be undone with what became of them. */
  lookAgain(
    look: (outcome: StepOutcome) => StepStatus,
  ): readonly StepOutcome[] {
    const safe = performance.now() - FLUSHED_AFTER_MS;
    return this.#steps.map(({ outcome, at }) =>
      at < safe ? outcome : { ...outcome, status: look(outcome) }
    );
  }

  /**
   * All of them, made durable, when the run ends before its last step: WAL is
   * ordered, so a COMMIT that waits for the disk takes all before it along.
   */
  async makeDurable(
    { worker, recorder }: Pick<StepContext, "worker" | "recorder">,
  ): Promise<readonly StepOutcome[]> {
    const last = this.#steps.at(-1)?.outcome;
    if (last === undefined) return [];
    try {
      await worker.run(
        `UPDATE ${recorder.names.table} SET updated_at = ${NOW} ` +
          `WHERE ${ofVersion(last)}`,
      );
    } catch (error) {
      if (error instanceof ConnectionError) {
        return this.lookAgain(() => "unknown");
      }
      // A server that is there to refuse it has lost nothing.
      if (!(error instanceof PostgresError)) throw error;
    }
    return this.outcomes;
  }
}
