import type {
  PlannedSegment,
  PlannedStatement,
  PlannedStep,
  PlanReport,
} from "../core/report.ts";
import { renderBackupDecision } from "./backup_text.ts";
import { count, showLines, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** What a run would do: each step with its segments and their SQL. */
export function renderPlan(report: PlanReport, theme: Theme): string {
  if (!report.success) return "";
  const { length } = report.steps;
  if (length === 0) return `${NOTHING[report.direction]}\n`;
  const steps = report.steps.map((step, index) =>
    renderStep(step, `[${index + 1}/${length}]`, theme)
  );
  const backup = report.backup === undefined
    ? ""
    : renderBackupDecision(report.backup, theme);
  return `${steps.join("\n")}\n${backup}${
    paint(theme, "strong", describePlan(report))
  }\n`;
}

/** What a plan comes to, in a line. */
export function describePlan({ direction, steps }: PlanReport): string {
  if (steps.length === 0) return NOTHING[direction];
  const verb = direction === "migrate" ? "apply" : "roll back";
  const amount = count(steps.length, "migration");
  return `Would ${verb} ${amount}. Nothing was changed.`;
}

const NOTHING: Readonly<Record<PlanReport["direction"], string>> = {
  migrate: "Nothing to apply.",
  rollback: "Nothing to roll back.",
};

function renderStep(step: PlannedStep, number: string, theme: Theme): string {
  const verb = step.direction === "migrate" ? "apply" : "roll back";
  const label = paint(
    theme,
    "strong",
    showText(`${step.version}_${step.name}`),
  );
  const source = step.isFromKeptCopy
    ? `${showText(step.path)}, the copy kept in the database`
    : showText(step.path);
  const resumed = step.resumedAt === undefined
    ? ""
    : `  goes on at statement ${step.resumedAt + 1}\n`;
  const segments = step.segments.length === 0
    ? "  no statements: it is only recorded\n"
    : step.segments.map((segment) => renderSegment(segment, theme)).join("");
  return `${number} ${verb} ${label}\n  ${source}\n${resumed}${segments}`;
}

function renderSegment(segment: PlannedSegment, theme: Theme): string {
  const mode = segment.mode === "transactional"
    ? "in one transaction"
    : "outside a transaction";
  const reason = segment.reason === undefined
    ? ""
    : `: ${showText(segment.reason)}`;
  const total = count(segment.statementCount, "statement");
  const head = paint(
    theme,
    segment.mode === "transactional" ? "accent" : "warning",
    `${mode}, ${total}${renderLines(segment)}${reason}`,
  );
  const { statements = [], omitted = 0 } = segment;
  const width = gutterWidth(statements);
  const body = statements.map((statement) =>
    renderStatement(statement, width, theme)
  );
  const rest = omitted === 0
    ? ""
    : `  and ${count(omitted, "more statement")}\n`;
  return `  ${head}\n${body.join("")}${rest}`;
}

function renderLines({ firstLine, lastLine }: PlannedSegment): string {
  if (firstLine === undefined) return "";
  return firstLine === lastLine
    ? `, line ${firstLine}`
    : `, lines ${firstLine} to ${lastLine}`;
}

function renderStatement(
  statement: PlannedStatement,
  width: number,
  theme: Theme,
): string {
  return showLines(statement.sql).map((text, index) => {
    const { line, lines } = statement;
    const place = lines === undefined ? line + index : lines[index] ?? "";
    const number = String(place).padStart(width);
    return `${paint(theme, "dim", `${number} |`)} ${text}`.trimEnd() + "\n";
  }).join("");
}

function gutterWidth(statements: readonly PlannedStatement[]): number {
  const last = statements.at(-1);
  if (last === undefined) return 0;
  return String(last.line + last.sql.split("\n").length).length + 2;
}
