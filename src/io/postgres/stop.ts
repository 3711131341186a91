import {
  InterruptedError,
  LockstepError,
  SIGNAL_EXITS,
  type StopSignal,
} from "../../errors.ts";

/** Why work has to stop, once its signal is aborted. */
export function stopReason(
  signal: AbortSignal | undefined,
): LockstepError | undefined {
  if (signal?.aborted !== true) return undefined;
  if (signal.reason instanceof LockstepError) return signal.reason;
  return new InterruptedError(
    isStopSignal(signal.reason) ? signal.reason : "SIGINT",
  );
}

function isStopSignal(reason: unknown): reason is StopSignal {
  return typeof reason === "string" && Object.hasOwn(SIGNAL_EXITS, reason);
}

/** Waits, and wakes early with an error when the work has to stop. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfStopped(signal);
  await new Promise<void>((resolve) => {
    function wake(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    }
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
  });
  throwIfStopped(signal);
}

/** Ends work that has to stop. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  const reason = stopReason(signal);
  if (reason !== undefined) throw reason;
}
