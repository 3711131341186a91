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
  function stop(): void {
    // It may have come to its end by itself.
    connection.cancel().catch(() => {});
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
  }
}
