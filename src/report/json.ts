import { maskSecrets } from "../core/config/mask.ts";
import type { RunEvent } from "../core/outcome.ts";
import { scriptPath, type Step } from "../core/plan/plan.ts";
import type { Report } from "../core/report.ts";

/** The version of the documents; it grows when a reader would break. */
export const SCHEMA_VERSION = 1;

/** One JSON document, as `docs/schema/report.json` describes it. */
export function renderJson(report: Report): string {
  return print({ schemaVersion: SCHEMA_VERSION, ...report });
}

/** The same in one line, the last one of `--output jsonl`. */
export function renderJsonLine(report: Report): string {
  return line({ schemaVersion: SCHEMA_VERSION, ...report });
}

/** An event of a run in one line of `--output jsonl`, at an ISO 8601 time. */
export function renderEventLine(event: RunEvent, time: string): string {
  const { type, ...rest } = event;
  return line({
    schemaVersion: SCHEMA_VERSION,
    type: "event",
    time,
    event: type,
    ...rest,
    ...("step" in event && { step: shortStep(event.step) }),
    ...("steps" in event && { steps: event.steps.map(shortStep) }),
  }, maskText);
}

/** A value as JSON in one line, as it is, and safe to be shown. */
export function jsonText(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value));
}

function print(document: unknown): string {
  return `${escapeUnsafe(JSON.stringify(document, replaceValues, 2))}\n`;
}

type Replace = (key: string, value: unknown) => unknown;

function line(document: unknown, change: Replace = (_, value) => value) {
  const replace: Replace = (key, value) =>
    change(key, replaceValues(key, value));
  return `${escapeUnsafe(JSON.stringify(document, replace))}\n`;
}

/** Without all that a run needs of a step. */
function shortStep(step: Step): Record<string, string> {
  const { direction, version, name } = step;
  return { direction, version, name, path: scriptPath(step) };
}

/** Statements of blockers and texts of servers can hold passwords. */
function maskText(_key: string, value: unknown): unknown {
  return typeof value === "string" ? maskSecrets(value) : value;
}

function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE_ON_TERMINALS, escapeCharacter);
}

/** What JSON allows as it is and a terminal might obey. */
const UNSAFE_ON_TERMINALS =
  /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

function replaceValues(key: string, value: unknown): unknown {
  if (typeof value === "number" && key.endsWith("Ms")) {
    return roundDuration(value);
  }
  return value;
}

/** Whole milliseconds, and parts of one only where there is no more. */
function roundDuration(milliseconds: number): number {
  return milliseconds < 1
    ? Math.round(milliseconds * 1000) / 1000
    : Math.round(milliseconds);
}
