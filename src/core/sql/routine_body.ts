/**
 * How deep the scanner is in the parentheses of a statement and in the
 * `BEGIN ATOMIC … END` body of a routine, counted as psql counts.
 */
export interface RoutineBody {
  readonly bytes: Uint8Array;
  /** A letter for each of the first words: `cf` is CREATE FUNCTION. */
  opening: string;
  isRoutine: boolean;
  wordCount: number;
  parenDepth: number;
  beginDepth: number;
}

/** Takes in the word from `at` to `end`. */
export function noteWord(body: RoutineBody, at: number, end: number): void {
  if (body.wordCount < OPENING_WORDS) noteOpening(body, at, end);
  body.wordCount++;
  if (!body.isRoutine || body.parenDepth !== 0) return;
  const word = wordAt(body, at, end);
  if (word === "begin") body.beginDepth++;
  if (body.beginDepth === 0) return;
  if (word === "case") body.beginDepth++;
  if (word === "end") body.beginDepth--;
}

/** Starts to count anew, after a semicolon that ends a statement. */
export function resetRoutineBody(body: RoutineBody): void {
  body.opening = "";
  body.isRoutine = false;
  body.wordCount = 0;
  body.parenDepth = 0;
  body.beginDepth = 0;
}

const OPENING_WORDS = 4;
/** CREATE [OR REPLACE] {FUNCTION | PROCEDURE} */
const ROUTINE = /^c(?:[fp]|or[fp])/;
const LETTER_C = 99;
const OPENING_LETTERS: Readonly<Record<string, string>> = {
  create: "c",
  or: "o",
  replace: "r",
  function: "f",
  procedure: "p",
};

function noteOpening(body: RoutineBody, at: number, end: number): void {
  // The first word of most statements settles it.
  if (body.wordCount > 0 && !body.opening.startsWith("c")) return;
  if (body.wordCount === 0 && ((body.bytes[at] ?? 0) | 32) !== LETTER_C) return;
  body.opening += OPENING_LETTERS[wordAt(body, at, end)] ?? "-";
  body.isRoutine = ROUTINE.test(body.opening);
}

function wordAt(body: RoutineBody, at: number, end: number): string {
  if (end - at > 9) return "";
  let word = "";
  for (let i = at; i < end; i++) {
    word += String.fromCharCode((body.bytes[i] ?? 0) | 32);
  }
  return word;
}
