import { maskSecrets } from "../core/config/mask.ts";
import { showName } from "../core/display.ts";
import { paint, type Theme, type Tone } from "./theme.ts";

/** One cell of a table. */
export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

/** A row of a table, with lines that belong under it. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes?: readonly string[];
}

/** How the columns of a table are set. */
export interface TableShape {
  readonly align: readonly ("left" | "right")[];
  /** The column that gives way when the terminal is narrow. */
  readonly flexible: number;
  readonly indent: string;
}

const GAP = "  ";
const MIN_FLEXIBLE = 16;

/** Rows under each other, each ended by a line break. */
export function renderTable(
  rows: readonly Row[],
  shape: TableShape,
  theme: Theme,
): string {
  const widths = fitWidths(rows, shape, theme.columns);
  return rows.map((row) => renderRow(row, { shape, widths, theme })).join("");
}

function fitWidths(
  rows: readonly Row[],
  shape: TableShape,
  columns: number | undefined,
): readonly number[] {
  const widths = shape.align.map((_, index) =>
    Math.max(
      0,
      ...rows.map((row) => displayWidth(row.cells[index]?.text ?? "")),
    )
  );
  if (columns === undefined) return widths;
  const total = widths.reduce((sum, width) => sum + width, 0) +
    GAP.length * (widths.length - 1) + shape.indent.length;
  const room = Math.max(
    MIN_FLEXIBLE,
    (widths[shape.flexible] ?? 0) - Math.max(0, total - columns),
  );
  return widths.map((width, index) =>
    index === shape.flexible ? Math.min(width, room) : width
  );
}

function renderRow(
  row: Row,
  table: { shape: TableShape; widths: readonly number[]; theme: Theme },
): string {
  const { shape, widths, theme } = table;
  const cells = row.cells.map((cell, index) => {
    const text = clipText(cell.text, widths[index] ?? 0, theme);
    const blank = " ".repeat((widths[index] ?? 0) - displayWidth(text));
    const shown = cell.tone === undefined
      ? text
      : paint(theme, cell.tone, text);
    return shape.align[index] === "right" ? blank + shown : shown + blank;
  });
  const line = (shape.indent + cells.join(GAP)).trimEnd();
  const notes = (row.notes ?? []).map((note) => `${shape.indent}    ${note}\n`);
  return `${line}\n${notes.join("")}`;
}

/** The text in at most that many columns, with a mark where it was cut. */
export function clipText(text: string, width: number, theme: Theme): string {
  if (displayWidth(text) <= width) return text;
  const mark = theme.symbols === "unicode" ? "…" : "~";
  let used = 1;
  let kept = "";
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    kept += character;
  }
  return kept + mark;
}

/** The columns that a terminal needs for the text. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (ZERO_WIDTH.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const PLAIN = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;

/**
 * A text of a server or a file in one line, without passwords and without
 * anything that could pass for another line or for a terminal code.
 */
export function showText(text: string): string {
  return showName(maskSecrets(text));
}

/** The same for a text of several lines, which are kept apart. */
export function showLines(text: string): readonly string[] {
  return maskSecrets(text).replaceAll("\t", "    ").split(/\r?\n/)
    .map(showName);
}

/** The words of a text in indented lines, each ended by a line break. */
export function wrapText(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => `${indent}${one}\n`).join("");
}

/** A word with its number, such as `1 migration` or `3 migrations`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A duration for people, such as `42 ms`, `1.31 s` or `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.round(milliseconds);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A moment for people, in UTC, such as `2026-11-22 18:04Z`. */
export function formatInstant(iso: string): string {
  const time = new Date(iso).getTime();
  if (Number.isNaN(time)) return showText(iso);
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")}Z`;
}
