import type { Connection } from "../../postgres/connection.ts";
import { throwIfStopped } from "../../postgres/stop.ts";
import { copyFailure, type CopyFailureWords } from "./copy_failure.ts";

/** How work can be stopped, and what it is called when it fails. */
export interface Stoppable extends CopyFailureWords {
  readonly signal: AbortSignal | undefined;
}

/**
 * Works with a connection; when the signal is aborted, what the server works
 * on is cancelled. What fails is told in the words of a backup.
 */
export async function stoppable<Result>(
  connection: Connection,
  { signal, ...words }: Stoppable,
  work: () => Promise<Result>,
): Promise<Result> {
  let cancelled = Promise.resolve();
  let timer: ReturnType<typeof setInterval> | undefined;
  function cancel(): void {
    // It may have come to its end by itself.
    cancelled = connection.cancel().catch(() => {});
  }
  function stop(): void {
    cancel();
    // One that comes between two statements has no effect.
    timer ??= setInterval(cancel, AGAIN_MS);
  }
  signal?.addEventListener("abort", stop);
  try {
    throwIfStopped(signal);
    return await work();
  } catch (error) {
    throwIfStopped(signal);
    throw copyFailure(error, words);
  } finally {
    signal?.removeEventListener("abort", stop);
    clearInterval(timer);
    if (signal?.aborted === true) {
      await cancelled;
      await rollBack(connection);
    }
  }
}

const AGAIN_MS = 1_000;

/** What was to stop the work may have met the first one. */
async function rollBack(connection: Connection): Promise<void> {
  const attempt = () => connection.run("ROLLBACK");
  await attempt().catch(attempt).catch(() => {});
}
