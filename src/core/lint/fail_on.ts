import type { Finding } from "../finding.ts";
import type { LintSeverity } from "./rule.ts";

/** From which severity on findings of lint are too bad. */
export type FailOn = LintSeverity | "off";

/** Every choice of `FailOn`, from the strictest on. */
export const FAIL_ON = [
  "info",
  "warning",
  "error",
  "off",
] as const satisfies readonly FailOn[];

/** The findings that are as bad as that, or worse. */
export function findingsFrom(
  findings: readonly Finding[],
  failOn: FailOn,
): readonly Finding[] {
  const bad: readonly string[] = FAIL_ON.slice(FAIL_ON.indexOf(failOn));
  return findings.filter(({ severity }) => bad.includes(severity));
}
