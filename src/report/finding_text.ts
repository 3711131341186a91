import type { Finding } from "../core/finding.ts";
import { count, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Findings as the result of a command: a line for each, with what to do. */
export function renderFindingLines(
  findings: readonly Finding[],
  theme: Theme,
): string {
  return findings.map((finding) => renderLine(finding, theme)).join("");
}

/** How many there are, such as `2 errors, 1 warning, 3 hints`. */
export function countFindings(findings: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => ({
      severity,
      number: findings.filter((one) => one.severity === severity).length,
    }))
    .filter(({ number }) => number > 0)
    .map(({ severity, number }) => count(number, WORDS[severity]))
    .join(", ");
}

const WORDS: Readonly<Record<Finding["severity"], string>> = {
  error: "error",
  warning: "warning",
  info: "hint",
};

function renderLine(
  { severity, code, message, hint }: Finding,
  theme: Theme,
): string {
  const tone = severity === "error" ? "bad" : "warning";
  const todo = hint === undefined ? "" : `; ${showText(hint)}`;
  const head = paint(theme, tone, `${severity}[${code}]`);
  return `${head}: ${showText(message)}${todo}\n`;
}
