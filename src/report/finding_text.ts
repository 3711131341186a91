import type { Finding } from "../core/finding.ts";
import { showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Findings as the result of a command: a line for each, with what to do. */
export function renderFindingLines(
  findings: readonly Finding[],
  theme: Theme,
): string {
  return findings.map((finding) => renderLine(finding, theme)).join("");
}

function renderLine(
  { severity, code, message, hint }: Finding,
  theme: Theme,
): string {
  const tone = severity === "error" ? "bad" : "warning";
  const todo = hint === undefined ? "" : `; ${showText(hint)}`;
  const head = paint(theme, tone, `${severity}[${code}]`);
  return `${head}: ${showText(message)}${todo}\n`;
}
