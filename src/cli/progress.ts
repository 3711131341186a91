import { describeHolder, type LockHolder } from "../core/lock.ts";
import type { Notice, RunEvent } from "../core/outcome.ts";
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
import {
  describeAmount,
  describePhase,
  renderBlockage,
} from "../report/watch_text.ts";
import { followRun, renderStatusLine, type RunState } from "./status_line.ts";

/** Where progress goes, and the clock that spaces its repetitions. */
export interface ProgressOutput {
  readonly theme: Theme;
  /** Whether the last line may be drawn anew, as on a terminal. */
  readonly statusLine: "shown" | "none";
  write(text: string): void;
  /** Milliseconds, from any start. */
  now(): number;
}

const REPEAT_MS = 10_000;
const SILENCE_MS = 60_000;
const CLEAR_LINE = "\r\x1b[K";

/** Tells each event of a run as it happens. */
export class Progress {
  readonly #output: ProgressOutput;
  #run: RunState | undefined;
  #isDrawn = false;
  /** The line of the step at work, until something is to be told of it. */
  #heading = "";
  #waitingShownAt = -Infinity;
  #workShownAt = -Infinity;
  #serverShownAt = -Infinity;
  #isCancelling = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Tells an event, if it is news. */
  readonly tell = (event: RunEvent): void => {
    const { theme, statusLine } = this.#output;
    this.#run = followRun(this.#run, event, this.#output.now());
    const text = this.#isNews(event) ? renderEvent(event, theme) : "";
    if (statusLine === "none") {
      if (text !== "") this.#output.write(text);
      return;
    }
    this.#redraw(this.#head(event, text));
  };

  /** Leaves no line behind that was to be drawn anew. */
  end(): void {
    this.#run = undefined;
    if (this.#output.statusLine === "shown") this.#redraw("");
  }

  #isNews(event: RunEvent): boolean {
    const now = this.#output.now();
    switch (event.type) {
      case "lock_waiting":
      case "runner_waiting":
        if (now - this.#waitingShownAt < REPEAT_MS) return false;
        this.#waitingShownAt = now;
        return true;
      case "server_waiting":
        if (now - this.#serverShownAt < REPEAT_MS) return false;
        this.#serverShownAt = now;
        return true;
      case "working":
        return this.#isWorkNews(event);
      case "cancelling":
        if (this.#isCancelling) return false;
        this.#isCancelling = true;
        return true;
      default:
        return true;
    }
  }

  /** The longer a statement takes, the rarer; the status line has it all. */
  #isWorkNews({ phase, elapsedMs }: Working): boolean {
    const isTold = this.#output.statusLine === "shown" ||
      this.#run?.wait !== undefined;
    const least = phase === undefined ? SILENCE_MS : REPEAT_MS;
    const isSilent = phase === undefined && elapsedMs < SILENCE_MS;
    if (isTold || isSilent) return false;
    const now = this.#output.now();
    if (now - this.#workShownAt < Math.max(least, elapsedMs / 10)) return false;
    this.#workShownAt = now;
    return true;
  }

  /** The status line names the step; where lines are told, they need it too. */
  #head(event: RunEvent, text: string): string {
    if (event.type === "step_started") {
      const isPlain = event.resumedAt === undefined;
      this.#heading = isPlain ? text : "";
      return isPlain ? "" : text;
    }
    if (event.type === "step_finished") this.#heading = "";
    if (text === "" || event.type === "cancelling") return text;
    const headed = this.#heading + text;
    this.#heading = "";
    return headed;
  }

  #redraw(text: string): void {
    const { theme } = this.#output;
    const clear = this.#isDrawn ? CLEAR_LINE : "";
    const line = this.#run === undefined
      ? ""
      : renderStatusLine(this.#run, theme, this.#output.now());
    this.#isDrawn = line !== "";
    const all = clear + text + line;
    if (all !== "") this.#output.write(all);
  }
}

function renderEvent(event: RunEvent, theme: Theme): string {
  switch (event.type) {
    case "server_waiting":
      return `Waiting for ${showText(event.server)}: ${
        showText(event.reason)
      }\n`;
    case "lock_waiting":
      return `Waiting for another run${nameHolder(event.holder)}\n`;
    case "runner_waiting":
      return `Waiting for what is left of an earlier run${
        nameHolder(event.holder)
      }\n`;
    case "backup_started":
      return event.reason === undefined
        ? "Making a backup\n"
        : `Making a backup first, as ${showText(event.reason)}\n`;
    case "backup_finished":
      // The report says where it is.
      return "";
    case "restore_started":
      return `Restoring ${showText(event.path)} into ${
        showText(event.target)
      }\n`;
    case "run_started":
      return renderStart(event);
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
    case "blocked":
      return renderBlockage(event.blockage, theme);
    case "unblocked":
      return `  Going on after ${formatDuration(event.waitedMs)} of waiting\n`;
    case "working":
      return renderWork(event, theme);
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

type Working = RunEvent & { readonly type: "working" };

function renderWork(
  { phase, statement, elapsedMs }: Working,
  theme: Theme,
): string {
  const text = phase === undefined
    ? clipText(showText(statement), MAX_STATEMENT, theme)
    : describePhase(phase) + describeAmount(phase);
  const since = paint(theme, "dim", `for ${formatDuration(elapsedMs)}`);
  return `  Running ${since}: ${text}\n`;
}

const MAX_STATEMENT = 80;

function nameHolder(holder: LockHolder | undefined): string {
  return holder === undefined ? "" : `: ${showText(describeHolder(holder))}`;
}

type RunStarted = RunEvent & { readonly type: "run_started" };

function renderStart(
  { steps, isRehearsal, isDryRun }: RunStarted,
): string {
  const verb = isRehearsal === true
    ? "Rehearsing"
    : isDryRun === true
    ? "Trying"
    : steps[0]?.direction === "rollback"
    ? "Rolling back"
    : "Applying";
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
