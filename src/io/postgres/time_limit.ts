/** How long something may take, and what may end it sooner. */
export interface TimeLimit {
  /** 0 is no limit. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What the signal of the work is aborted with when time is up. */
  readonly reason: () => Error;
}

/** Runs the work with a signal that is aborted when time is up. */
export async function withTimeLimit<Result>(
  limit: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { timeoutMs, signal, reason } = limit;
  const clock = new AbortController();
  const timer = timeoutMs === 0
    ? undefined
    : setTimeout(() => clock.abort(reason()), timeoutMs);
  const signals = signal === undefined
    ? [clock.signal]
    : [clock.signal, signal];
  try {
    return await work(AbortSignal.any(signals));
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects as soon as the signal is aborted, whatever the work does. */
export async function orAbort<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  function abort(): void {
    aborted.reject(signal.reason);
  }
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
