import type { SourceLocation } from "../errors.ts";
import { maskSecrets } from "../core/config/mask.ts";
import { displayWidth, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

const DEFAULT_COLUMNS = 100;

/** The line of a place under its number, with a caret at its column. */
export function renderExcerpt(location: SourceLocation, theme: Theme): string {
  if (location.excerpt === undefined || location.line === undefined) return "";
  const { line } = location;
  const excerpt = maskSecrets(location.excerpt);
  // A caret under a text that lost its password would point elsewhere.
  const column = excerpt === location.excerpt ? location.column : undefined;
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  const room = (theme.columns ?? DEFAULT_COLUMNS) - gutter.length - 3;
  const part = cutOut(excerpt, column ?? 1, room);
  const bar = paint(theme, "accent", "|");
  const lines = [
    `${blank} ${bar}`,
    `${paint(theme, "accent", gutter)} ${bar} ${part.before}${part.after}`,
  ];
  if (column !== undefined) {
    const caret = paint(theme, "bad", "^");
    lines.push(
      `${blank} ${bar} ${" ".repeat(displayWidth(part.before))}${caret}`,
    );
  }
  return lines.map((text) => `${text.trimEnd()}\n`).join("");
}

interface Part {
  readonly before: string;
  readonly after: string;
}

/** What fits of a line, so that the column is in it. */
function cutOut(excerpt: string, column: number, room: number): Part {
  // A line can be a megabyte long: only the neighborhood is looked at.
  const reach = Math.max(room, 20);
  const { before, after } = splitAtColumn(excerpt, column);
  const near = Array.from(before.slice(-4 * reach)).slice(-reach).join("");
  const right = Array.from(after.slice(0, 4 * reach)).slice(0, reach).join("");
  const shownAfter = printable(right);
  let shownBefore = printable(near);
  const spare = Math.max(
    reach - displayWidth(shownAfter),
    Math.floor(reach / 2),
  );
  const isCut = near.length < before.length ||
    displayWidth(shownBefore) > spare;
  if (isCut) shownBefore = `...${lastColumns(shownBefore, spare - 3)}`;
  return {
    before: shownBefore,
    after: firstColumns(
      shownAfter,
      reach - displayWidth(shownBefore),
      right.length < after.length,
    ),
  };
}

function splitAtColumn(text: string, column: number): Part {
  let index = 0;
  for (let passed = 1; passed < column && index < text.length; passed++) {
    const code = text.codePointAt(index) ?? 0;
    index += code > 0xffff ? 2 : 1;
  }
  return { before: text.slice(0, index), after: text.slice(index) };
}

function printable(text: string): string {
  return showText(text.replaceAll("\t", "    "));
}

function lastColumns(text: string, columns: number): string {
  const characters = Array.from(text);
  let width = 0;
  let start = characters.length;
  while (start > 0) {
    width += displayWidth(characters[start - 1] ?? "");
    if (width > columns) break;
    start--;
  }
  return characters.slice(start).join("");
}

function firstColumns(text: string, columns: number, goesOn: boolean): string {
  if (!goesOn && displayWidth(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (displayWidth(kept + character) > columns - 3) break;
    kept += character;
  }
  return `${kept}...`;
}
