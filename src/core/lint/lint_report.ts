import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { LintSeverity } from "./rule.ts";

/** From which severity on findings make lint fail. */
export type FailOn = LintSeverity | "never";

/** Every choice of `FailOn`, from the strictest on. */
export const FAIL_ON: readonly FailOn[] = ["info", "warning", "error", "never"];

/** Options of `MigrationManager.lint()`. */
export interface LintOptions {
  /** Paths of files; those of the migrations folder without any. */
  readonly files?: readonly string[];
  /** Without it, errors. */
  readonly failOn?: FailOn;
  /**
   * Whether a table is new to the files after the one that makes it, too, as
   * where all of them are pending together.
   */
  readonly newFor?: "file" | "all";
}

/** What `lint` answers. */
export interface LintReport {
  readonly kind: "lint";
  /** Whether nothing was found that makes it fail. */
  readonly success: boolean;
  readonly files: number;
  readonly statements: number;
  readonly findings: readonly Finding[];
  /** Findings that a directive keeps quiet. */
  readonly suppressed: number;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** Whether one of the findings is as bad as that, or worse. */
export function failsOn(
  findings: readonly Finding[],
  failOn: FailOn,
): boolean {
  const bad = FAIL_ON.slice(FAIL_ON.indexOf(failOn));
  return findings.some(({ severity }) => bad.includes(severity));
}
