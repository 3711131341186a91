import type {
  DryRunReport,
  TriedLock,
  TriedStatement,
  TriedStep,
} from "../core/dry_run/dry_run_report.ts";
import { formatBytes } from "../core/format_bytes.ts";
import type { Notice } from "../core/outcome.ts";
import {
  clipText,
  count,
  formatDuration,
  renderTable,
  type Row,
  showLines,
  showText,
} from "./layout.ts";
import { paint, symbol, type Theme } from "./theme.ts";

/** What an executed dry run saw, statement by statement. */
export function renderDryRun(report: DryRunReport, theme: Theme): string {
  const { steps, success } = report;
  if (steps.length === 0) {
    return success ? `${NOTHING[report.direction]}\n` : "";
  }
  const blocks = steps.map((step, index) =>
    renderStep(step, `[${index + 1}/${steps.length}]`, theme)
  );
  const sum = paint(theme, success ? "strong" : "bad", describeDryRun(report));
  return `${blocks.join("\n")}\n${renderRest(report)}${sum}\n`;
}

/** What an executed dry run came to, in one line. */
export function describeDryRun({ steps, direction }: DryRunReport): string {
  if (steps.length === 0) return NOTHING[direction];
  const done = steps.filter(({ status }) => status === "done").length;
  const amount = done === steps.length
    ? count(done, "migration")
    : `${done} of ${count(steps.length, "migration")}`;
  const time = steps.reduce((sum, step) => sum + (step.durationMs ?? 0), 0);
  const skipped = steps.reduce((sum, step) => sum + step.skipped, 0);
  const rest = skipped === 0
    ? ""
    : `, but for ${count(skipped, "statement")} that could not be tried`;
  const verb = direction === "migrate" ? "apply" : "roll back";
  return `Tried to ${verb} ${amount} in ${formatDuration(time)}${rest}, and ` +
    "rolled it back.";
}

const NOTHING: Readonly<Record<DryRunReport["direction"], string>> = {
  migrate: "Nothing to apply.",
  rollback: "Nothing to roll back.",
};

function renderRest({ walBytes, sequences }: DryRunReport): string {
  const lines = [
    ...(walBytes === undefined ? [] : [
      `WAL that the server wrote meanwhile, for others too: ${
        formatBytes(walBytes)
      }`,
    ]),
    ...sequences.map(({ name, from, to }) =>
      `The sequence ${showText(name)} went on` +
      (to === undefined ? "" : ` from ${from ?? "its start"} to ${to}`) +
      " and stays so"
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function renderStep(step: TriedStep, number: string, theme: Theme): string {
  const { statements, omitted, omittedNotices = 0, status } = step;
  const label = paint(
    theme,
    status === "failed" ? "bad" : "strong",
    showText(`${step.version}_${step.name}`),
  );
  const state = status === "not_run" ? "  not run\n" : "";
  const source = step.isFromKeptCopy === true
    ? `${showText(step.path)}, the copy kept in the database`
    : showText(step.path);
  const rest = [
    ...(omitted > 0 ? [`and ${count(omitted, "more statement")}`] : []),
    ...(omittedNotices > 0
      ? [`and ${count(omittedNotices, "more notice")}`]
      : []),
  ].map((line) => `  ${line}\n`).join("");
  const table = renderTable(
    statements.map((statement) => statementRow(statement, theme)),
    { align: ALIGN, flexible: ALIGN.length - 1, indent: "  " },
    theme,
  );
  return `${number} ${label}\n  ${source}\n${state}${table}${rest}`;
}

const ALIGN = ["left", "right", "right", "right", "right", "left"] as const;

const SIGNS = {
  done: { sign: "done", tone: "good" },
  failed: { sign: "failed", tone: "bad" },
  skipped: { sign: "waiting", tone: "warning" },
} as const;

function statementRow(statement: TriedStatement, theme: Theme): Row {
  const { status, line, durationMs, rows, walBytes, sql } = statement;
  const { sign, tone } = SIGNS[status];
  return {
    cells: [
      { text: symbol(theme, sign), tone },
      { text: `line ${line}`, tone: "dim" },
      { text: durationMs === undefined ? "" : formatDuration(durationMs) },
      { text: rows === undefined ? "" : count(rows, "row") },
      {
        text: walBytes === undefined || walBytes === 0
          ? ""
          : `${formatBytes(walBytes)} WAL`,
        tone: "dim",
      },
      { text: clipText(showText(sql), MAX_SQL, theme) },
    ],
    notes: [
      ...skipNote(statement, theme),
      ...lockNotes(statement, theme),
      ...statement.rewritten.map(({ kind, name }) =>
        paint(
          theme,
          "warning",
          `${REWRITTEN[kind] ?? "rewrites"} the ${kind} `,
        ) +
        showText(name)
      ),
      ...statement.notices.flatMap((notice) => noticeNotes(notice, theme)),
    ],
  };
}

const MAX_SQL = 100;

const REWRITTEN: Readonly<Record<string, string>> = { index: "rebuilds" };

function skipNote(
  { status, reason = "" }: TriedStatement,
  theme: Theme,
): readonly string[] {
  if (status !== "skipped") return [];
  return [paint(theme, "warning", "not tried: ") + showText(reason)];
}

function lockNotes(
  { locks, omittedLocks = 0 }: TriedStatement,
  theme: Theme,
): readonly string[] {
  const hidden = omittedLocks + Math.max(0, locks.length - MAX_LOCKS);
  return [
    ...locks.slice(0, MAX_LOCKS).map((lock) => lockNote(lock, theme)),
    ...(hidden > 0 ? [`and ${count(hidden, "more lock")}`] : []),
  ];
}

const MAX_LOCKS = 8;

function lockNote({ mode, kind, name }: TriedLock, theme: Theme): string {
  const isStrong = mode === "ACCESS EXCLUSIVE";
  const words = isStrong ? paint(theme, "warning", mode) : mode;
  return `locks ${words} the ${kind} ${showText(name)}`;
}

function noticeNotes(
  { severity, message, detail, hint }: Notice,
  theme: Theme,
): readonly string[] {
  const tone = severity === "WARNING" ? "warning" : "accent";
  const [first = "", ...rest] = showLines(message);
  return [
    `${paint(theme, tone, `${showText(severity)}:`)} ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...(detail === undefined ? [] : [`  detail: ${showText(detail)}`]),
    ...(hint === undefined ? [] : [`  hint: ${showText(hint)}`]),
  ];
}
