import type { Step } from "../../core/plan/plan.ts";
import { ExecutionError, LockError, type LockstepError } from "../../errors.ts";

/** For how long a step is tried again that others kept out. */
export interface PatienceLimits {
  /** When locks or deadlocks made it fail; 0 for not at all. */
  readonly lockRetryMs: number;
  /** When another session works on its version. */
  readonly lockTimeoutMs: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const CLAIM_PAUSE_MS = 500;

/**
 * Says whether and when a step is tried again, and why not any more. Pauses
 * grow and differ by chance, so that several that wait do not meet again.
 */
export class Patience {
  readonly #limits: PatienceLimits;
  #start: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #attempts = 0;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
  }

  /** How often the step has failed. */
  get attempts(): number {
    return this.#attempts;
  }

  /** How long to pause before the next try; undefined to give up. */
  pauseAfter(error: LockstepError): number | undefined {
    const isClaim = error instanceof LockError;
    const { lockRetryMs, lockTimeoutMs } = this.#limits;
    this.#start ??= performance.now();
    this.#attempts++;
    const leftMs = (isClaim ? lockTimeoutMs : lockRetryMs) -
      (performance.now() - this.#start);
    if (leftMs <= 0) return undefined;
    if (isClaim) return Math.min(CLAIM_PAUSE_MS, leftMs);
    const pauseMs = this.#pauseMs * (0.75 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    return Math.min(pauseMs, leftMs);
  }

  /** The last error, with how long and how often it was tried. */
  explain(step: Step, error: LockstepError): LockstepError {
    if (!(error instanceof ExecutionError)) return error;
    const seconds = (performance.now() - (this.#start ?? 0)) / 1000;
    const tries = this.#attempts === 1
      ? "one try"
      : `${this.#attempts} tries over ${Math.round(seconds)} s`;
    const { location, server, remains } = error;
    const action = step.direction === "migrate" ? "apply" : "roll back";
    return new ExecutionError(
      "blocked",
      `Cannot ${action} "${step.version}_${step.name}" as others held its ` +
        `locks in ${tries}: ${server?.message ?? error.message}`,
      {
        remains,
        hint: "run it again when there is less traffic, end what holds the " +
          "lock, or try for longer with --lock-retry-for",
        cause: error,
        ...(location !== undefined && { location }),
        ...(server !== undefined && { server }),
      },
    );
  }
}

/** Whether an error says that a lock was not to be had, or a deadlock. */
export function isBlocked(error: LockstepError): boolean {
  const sqlstate = error.server?.sqlstate;
  return sqlstate === LOCK_NOT_AVAILABLE || sqlstate === DEADLOCK_DETECTED;
}

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK_DETECTED = "40P01";
