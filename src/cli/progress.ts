import { describeHolder, type LockHolder } from "../core/lock.ts";
import type { Notice, RunEvent } from "../core/outcome.ts";
import type { Step } from "../core/plan/plan.ts";
import { showPlace } from "../report/error_text.ts";
import {
  clipText,
  count,
  formatDuration,
  renderTable,
  showLines,
  showText,
} from "../report/layout.ts";
import { paint, type Theme } from "../report/theme.ts";

/** Where progress goes, and the clock that spaces its repetitions. */
export interface ProgressOutput {
  readonly theme: Theme;
  write(text: string): void;
  /** Milliseconds, from any start. */
  now(): number;
}

const REPEAT_MS = 10_000;

/** A listener that tells each event of a run as it happens. */
export function createProgress(
  output: ProgressOutput,
): (event: RunEvent) => void {
  let waitingShownAt = -Infinity;
  let isCancelling = false;
  return (event) => {
    if (event.type === "lock_waiting" || event.type === "runner_waiting") {
      if (output.now() - waitingShownAt < REPEAT_MS) return;
      waitingShownAt = output.now();
    }
    if (event.type === "cancelling") {
      if (isCancelling) return;
      isCancelling = true;
    }
    output.write(renderEvent(event, output.theme));
  };
}

function renderEvent(event: RunEvent, theme: Theme): string {
  switch (event.type) {
    case "lock_waiting":
      return `Waiting for another run${nameHolder(event.holder)}\n`;
    case "runner_waiting":
      return `Waiting for what is left of an earlier run${
        nameHolder(event.holder)
      }\n`;
    case "run_started":
      return renderStart(event.steps);
    case "step_started":
      return renderStep(event, theme);
    case "notice":
      return renderNotice(event.notice, theme);
    case "notices_dropped":
      return `  and ${count(event.dropped, "more notice")}\n`;
    case "step_retrying":
      return renderRetry(event, theme);
    case "rows":
      return renderRows(event, theme);
    case "step_finished":
      // The report has a line for each step; twice would be noise.
      return "";
    case "cancelling":
      return `Cancelling after ${
        showText(event.signal)
      }; a second signal leaves at once\n`;
    default:
      return event satisfies never;
  }
}

function nameHolder(holder: LockHolder | undefined): string {
  return holder === undefined ? "" : `: ${showText(describeHolder(holder))}`;
}

function renderStart(steps: readonly Step[]): string {
  const verb = steps[0]?.direction === "rollback" ? "Rolling back" : "Applying";
  return `${verb} ${count(steps.length, "migration")}\n`;
}

type StepStarted = RunEvent & { readonly type: "step_started" };

function renderStep(event: StepStarted, theme: Theme): string {
  const { step, number, of, resumedAt } = event;
  const label = showText(`${step.version}_${step.name}`);
  const resumed = resumedAt === undefined
    ? ""
    : `, going on at statement ${resumedAt + 1}`;
  return `${paint(theme, "dim", `[${number}/${of}]`)} ${label}${resumed}\n`;
}

type StepRetrying = RunEvent & { readonly type: "step_retrying" };

function renderRetry(event: StepRetrying, theme: Theme): string {
  const { attempt, pauseMs, error } = event;
  const place = error.location === undefined
    ? ""
    : ` ${paint(theme, "dim", `(${showPlace(error.location)})`)}`;
  const why = showText(error.server?.message ?? error.message);
  return `  ${paint(theme, "warning", "BLOCKED:")} ${why}${place}\n` +
    `    rolled back; try ${attempt + 1} in ${formatDuration(pauseMs)}\n`;
}

function renderNotice(notice: Notice, theme: Theme): string {
  const tone = notice.severity === "WARNING" ? "warning" : "accent";
  const head = paint(theme, tone, `${showText(notice.severity)}:`);
  const [first = "", ...rest] = showLines(notice.message);
  const place = notice.location === undefined
    ? ""
    : ` ${paint(theme, "dim", `(${showPlace(notice.location)})`)}`;
  const more = [
    ...rest,
    ...labelled("detail", notice.detail),
    ...labelled("hint", notice.hint),
  ];
  return [`  ${head} ${first}${place}`, ...more.map((line) => `    ${line}`)]
    .map((line) => `${line}\n`).join("");
}

function labelled(label: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const [first = "", ...rest] = showLines(text);
  return [`${label}: ${first}`, ...rest];
}

type Rows = RunEvent & { readonly type: "rows" };

const MAX_CELL = 60;

function renderRows(event: Rows, theme: Theme): string {
  const lines = [event.fields, ...event.rows];
  const isSingle = event.fields.length === 1 && event.rows.length === 1;
  if (isSingle && !event.isTruncated) {
    return `  ${showText(event.fields[0] ?? "")}: ${
      showText(event.rows[0]?.[0] ?? "")
    }\n`;
  }
  const table = renderTable(
    lines.map((cells) => ({
      cells: cells.map((cell) => ({
        text: clipText(showText(cell ?? ""), MAX_CELL, theme),
      })),
    })),
    { align: event.fields.map(() => "left"), flexible: 0, indent: "  " },
    theme,
  );
  return event.isTruncated ? `${table}  and more rows\n` : table;
}
