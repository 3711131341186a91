import type { LockstepError } from "../errors.ts";
import type { Finding } from "./finding.ts";
import type { LockSession } from "./lock_session.ts";

/** What `unlock` answers. */
export interface UnlockReport {
  readonly kind: "unlock";
  readonly success: boolean;
  readonly target?: string;
  readonly table: string;
  /** When the server was asked, by its clock; absent when it was not. */
  readonly askedAt?: string;
  /** Who has to do with the lock now, the holder first. */
  readonly sessions: readonly LockSession[];
  /** What this command has ended. */
  readonly ended: readonly LockSession[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
