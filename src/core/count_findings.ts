import type { Finding } from "./finding.ts";

/** How many there are, such as `2 errors, 1 warning, 3 hints`. */
export function countFindings(findings: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => ({
      severity,
      number: findings.filter((one) => one.severity === severity).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) =>
      `${number} ${WORDS[severity]}${number === 1 ? "" : "s"}`
    )
    .join(", ");
}

const WORDS: Readonly<Record<Finding["severity"], string>> = {
  error: "error",
  warning: "warning",
  info: "hint",
};
