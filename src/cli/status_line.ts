import type { Blockage } from "../core/blocker.ts";
import type { RunEvent } from "../core/outcome.ts";
import type { Phase } from "../core/phase.ts";
import { clipText, displayWidth, showText } from "../report/layout.ts";
import { paint, type Theme } from "../report/theme.ts";
import { describePhase, nameBlockers } from "../report/watch_text.ts";

/** How far a run is, as its events tell. */
export interface RunState {
  readonly startedAt: number;
  readonly done: number;
  readonly of: number;
  /** The migration at work. */
  readonly label: string;
  readonly statement?: string;
  readonly phase?: Phase | undefined;
  readonly wait?: { readonly since: number; readonly blockage: Blockage };
}

/** The state after an event; undefined outside a run. */
export function followRun(
  state: RunState | undefined,
  event: RunEvent,
  now: number,
): RunState | undefined {
  if (event.type === "run_started") {
    const { length } = event.steps;
    return { startedAt: now, done: 0, of: length, label: "" };
  }
  if (state === undefined) return undefined;
  const { startedAt, of } = state;
  switch (event.type) {
    case "step_started": {
      const label = `${event.step.version}_${event.step.name}`;
      return { startedAt, of, done: event.number - 1, label };
    }
    case "step_finished":
      return { startedAt, of, done: state.done + 1, label: state.label };
    case "working":
      return { ...state, statement: event.statement, phase: event.phase };
    case "blocked": {
      const { blockage } = event;
      const since = now - blockage.waitedMs;
      return { ...state, wait: { since, blockage } };
    }
    case "unblocked": {
      const { wait: _over, ...rest } = state;
      return rest;
    }
    default:
      return state;
  }
}

/** One line that fits the terminal: a bar, what is at work, and for how long. */
export function renderStatusLine(
  state: RunState,
  theme: Theme,
  now: number,
): string {
  // The last column stays free, as some terminals break the line there.
  const columns = (theme.columns ?? 80) - 1;
  const bar = renderBar(state, theme, columns);
  const text = [
    `${Math.min(state.done + 1, state.of)}/${state.of}`,
    formatClock(now - state.startedAt),
    ...(state.label === "" ? [] : [showText(state.label)]),
    ...describeWork(state, now),
  ].join(" ");
  const room = Math.max(0, columns - displayWidth(bar) - 1);
  return `${paint(theme, "accent", bar)} ${clipText(text, room, theme)}`;
}

function describeWork(
  { wait, phase, statement }: RunState,
  now: number,
): readonly string[] {
  if (wait !== undefined) {
    const time = formatClock(now - wait.since);
    return [` blocked for ${time} by ${nameBlockers(wait.blockage)}`];
  }
  if (phase !== undefined) return [` ${describePhase(phase)}`];
  return statement === undefined ? [] : [` ${showText(statement)}`];
}

const WIDE_TERMINAL = 60;

function renderBar(
  { done, of }: RunState,
  theme: Theme,
  columns: number,
): string {
  const width = columns >= WIDE_TERMINAL ? 20 : 8;
  const filled = of === 0 ? width : Math.floor(width * done / of);
  const [full, empty] = theme.symbols === "unicode" ? ["█", "░"] : ["#", "-"];
  const bar = `${full.repeat(filled)}${empty.repeat(width - filled)}`;
  return theme.symbols === "unicode" ? bar : `[${bar}]`;
}

/** Such as `0:05` or `1:02:03`. */
function formatClock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const pad = (number: number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const tail = pad(seconds % 60);
  return minutes < 60
    ? `${minutes}:${tail}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${tail}`;
}
