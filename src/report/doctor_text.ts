import type {
  CheckResult,
  DoctorReport,
  VerdictState,
} from "../core/doctor/verdict.ts";
import { count, displayWidth, showText, wrapText } from "./layout.ts";
import { paint, symbol, type Theme, type Tone, UNPAINTED } from "./theme.ts";

const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 100;

/** A line for each check, with what was found and what to do below it. */
export function renderDoctor(report: DoctorReport, theme: Theme): string {
  const widest = Math.max(
    0,
    ...report.checks.map(({ check }) => displayWidth(check)),
  );
  const checks = report.checks.map((check) =>
    renderCheck(check, widest, theme)
  );
  return `${checks.join("")}\n${renderSum(report, theme)}\n`;
}

function renderCheck(
  result: CheckResult,
  widest: number,
  theme: Theme,
): string {
  const { state, details = [], commands = [] } = result;
  const width = Math.min(theme.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  const indent = " ".repeat(widest + 5);
  const message = wrapText(showText(result.message), indent, width)
    .slice(indent.length);
  const mark = paint(theme, TONES[state], symbol(theme, SYMBOLS[state]));
  const name = result.check.padEnd(widest);
  const advice = result.advice === undefined
    ? ""
    : renderPoint(result.advice, arrow(theme), { indent, width });
  return [
    `${mark}  ${paint(theme, "strong", name)}  `,
    state === "skipped" ? paint(theme, "dim", message) : message,
    ...details.map((detail) => renderPoint(detail, "-", { indent, width })),
    paint(theme, "accent", advice),
    ...commands.map((command) => `${indent}  ${showText(command)}\n`),
  ].join("");
}

function renderPoint(
  text: string,
  bullet: string,
  { indent, width }: { readonly indent: string; readonly width: number },
): string {
  const hanging = indent + " ".repeat(bullet.length + 1);
  const body = wrapText(showText(text), hanging, width);
  return `${indent}${bullet} ${body.slice(hanging.length)}`;
}

function arrow(theme: Theme): string {
  return theme.symbols === "unicode" ? "→" : "->";
}

/** What the checks came to, in a line. */
export function describeChecks(report: DoctorReport): string {
  return renderSum(report, UNPAINTED);
}

function renderSum({ checks }: DoctorReport, theme: Theme): string {
  const problems = checks.filter(({ state }) => state === "problem").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  if (problems + warnings === 0) {
    return paint(theme, "good", "Nothing is in the way of a migration.");
  }
  return [
    ...(problems > 0 ? [paint(theme, "bad", count(problems, "problem"))] : []),
    ...(warnings > 0
      ? [paint(theme, "warning", count(warnings, "warning"))]
      : []),
  ].join(", ") + ".";
}

const SYMBOLS = {
  ok: "done",
  warning: "partial",
  problem: "failed",
  skipped: "waiting",
} as const satisfies Record<VerdictState, string>;

const TONES: Readonly<Record<VerdictState, Tone>> = {
  ok: "good",
  warning: "warning",
  problem: "bad",
  skipped: "dim",
};
