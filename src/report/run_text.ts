import type { StepOutcome, StepStatus } from "../core/outcome.ts";
import type { RunReport } from "../core/report.ts";
import { renderRunBackup } from "./backup_text.ts";
import {
  count,
  formatDuration,
  renderTable,
  type Row,
  showText,
} from "./layout.ts";
import { paint, symbol, type Theme, type Tone } from "./theme.ts";

/** What a run did: a line for each step, then the sum. */
export function renderRun(report: RunReport, theme: Theme): string {
  if (report.steps.length === 0) {
    const backup = renderBackupOf(report, theme);
    return report.success ? `${NOTHING[report.kind]}\n` : backup;
  }
  const table = renderTable(
    report.steps.map((step) => stepRow(step, theme)),
    {
      align: ["left", "left", "right", "right", "left"],
      flexible: 1,
      indent: "",
    },
    theme,
  );
  const tone = report.success ? "strong" : "bad";
  const sum = paint(theme, tone, describeRun(report));
  return `${table}${renderBackupOf(report, theme)}${sum}\n`;
}

function renderBackupOf({ backup }: RunReport, theme: Theme): string {
  return backup === undefined ? "" : renderRunBackup(backup, theme);
}

const NOTHING: Readonly<Record<RunReport["kind"], string>> = {
  migrate: "Nothing to apply.",
  rollback: "Nothing to roll back.",
};

function stepRow(step: StepOutcome, theme: Theme): Row {
  const { sign, tone } = SIGNS[step.status];
  const isIdle = step.status === "not_run";
  const label = showText(`${step.version}_${step.name}`);
  return {
    cells: [
      { text: symbol(theme, sign), tone },
      { text: label, ...(isIdle ? { tone: "dim" } : {}) },
      {
        text: step.durationMs === undefined
          ? ""
          : formatDuration(step.durationMs),
      },
      {
        text: step.statements === undefined
          ? ""
          : count(step.statements, "statement"),
        tone: "dim",
      },
      { text: describeStep(step), tone },
    ],
  };
}

const SIGNS: Readonly<
  Record<
    StepStatus,
    { sign: "done" | "failed" | "waiting" | "partial"; tone: Tone }
  >
> = {
  done: { sign: "done", tone: "good" },
  failed: { sign: "failed", tone: "bad" },
  partial: { sign: "partial", tone: "bad" },
  unknown: { sign: "partial", tone: "bad" },
  not_run: { sign: "waiting", tone: "dim" },
};

function describeStep(step: StepOutcome): string {
  if (step.status === "done") {
    return step.isFromKeptCopy === true ? "from the kept copy" : "";
  }
  return STATUS_WORDS[step.status];
}

const STATUS_WORDS: Readonly<Record<Exclude<StepStatus, "done">, string>> = {
  failed: "failed, undone",
  partial: "stopped part-way",
  unknown: "outcome unknown",
  not_run: "not run",
};

/** What a run did, in one sentence. */
export function describeRun(report: RunReport): string {
  if (report.steps.length === 0) return NOTHING[report.kind];
  const done = withStatus(report, "done");
  const total = report.steps.length;
  const verb = report.kind === "migrate" ? "Applied" : "Rolled back";
  const amount = done === total
    ? count(total, "migration")
    : `${done} of ${count(total, "migration")}`;
  const time = report.steps.reduce(
    (sum, step) => sum + (step.durationMs ?? 0),
    0,
  );
  const rest = (["failed", "partial", "unknown", "not_run"] as const)
    .filter((status) => withStatus(report, status) > 0)
    .map((status) => `, ${withStatus(report, status)} ${SUM_WORDS[status]}`);
  return `${verb} ${amount} in ${formatDuration(time)}${rest.join("")}.`;
}

const SUM_WORDS: Readonly<Record<Exclude<StepStatus, "done">, string>> = {
  failed: "failed",
  partial: "stopped part-way",
  unknown: "with an unknown outcome",
  not_run: "not run",
};

function withStatus(report: RunReport, status: StepStatus): number {
  return report.steps.filter((step) => step.status === status).length;
}
