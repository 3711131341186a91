import type { LockstepError } from "../../errors.ts";
import { maskSecrets } from "../config/mask.ts";
import type { Finding } from "../finding.ts";

/** What one check of `doctor` came to. */
export interface Verdict {
  readonly state: VerdictState;
  /** One sentence. */
  readonly message: string;
  /** What was found, one by one. */
  readonly details?: readonly string[];
  /** What to do. */
  readonly advice?: string;
  /** Statements or commands that do it, to be copied. */
  readonly commands?: readonly string[];
}

/** How grave it is: a problem keeps `migrate` from its work. */
export type VerdictState = "ok" | "warning" | "problem" | "skipped";

/** A verdict under the name of its check. */
export interface CheckResult extends Verdict {
  readonly check: string;
}

/** What `doctor` answers. */
export interface DoctorReport {
  readonly kind: "doctor";
  /** Whether there is no problem. */
  readonly success: boolean;
  readonly target?: string;
  readonly checks: readonly CheckResult[];
  readonly warnings: readonly Finding[];
  /** Why the server could not be asked. */
  readonly error?: LockstepError;
}

type More = Omit<Verdict, "state" | "message">;

/** All is as it should be. */
export function ok(message: string, more: More = {}): Verdict {
  return { state: "ok", message, ...more };
}

/** Something to know, or to see to at some time. */
export function warning(message: string, more: More = {}): Verdict {
  return { state: "warning", message, ...more };
}

/** Something that keeps `migrate` from its work. */
export function problem(message: string, more: More = {}): Verdict {
  return { state: "problem", message, ...more };
}

/** The check could not be made. */
export function skipped(message: string, more: More = {}): Verdict {
  return { state: "skipped", message, ...more };
}

/** The verdict on what an error kept from being read. */
export function refused(
  state: "problem" | "skipped",
  error: { readonly message: string; readonly hint?: string | undefined },
): Verdict {
  const { hint } = error;
  return {
    state,
    message: maskSecrets(error.message),
    ...(hint !== undefined && { advice: maskSecrets(hint) }),
  };
}

/** The names of some things, and how many more there are. */
export function listSome(
  names: readonly string[],
  limit = 5,
): readonly string[] {
  if (names.length <= limit) return names;
  return [...names.slice(0, limit), `and ${names.length - limit} more`];
}
