import { deepEqual } from "node:assert/strict";

const WORDS = [
  "Alpha",
  "Bravo",
  "Charlie",
  "Delta",
  "Foxtrot",
  "Golf",
  "Hotel",
  "India",
  "Juliett",
] as const;

/** Between its characters with a meaning are words that stand nowhere else. */
export const HOSTILE_PASSWORD =
  "Alpha%Bravo@Charlie:Delta/Foxtrot?Golf#Hotel'India\"Juliett\\ K";

/** One that a URL may hold as it is. */
export const PLAIN_PASSWORD = HOSTILE_PASSWORD.replace("%", "-");

const ANY_WORD = new RegExp(WORDS.join("|"), "gi");

/** Fails if any word of the passwords is in a text. */
export function requireNoSecret(text: string, what: string): void {
  const found = text.split("\n").filter((line) => line.match(ANY_WORD));
  deepEqual({ [what]: found }, { [what]: [] });
}

/** As in the user part of a URL. */
export function percentEncoded(password: string): string {
  return encodeURIComponent(password).replaceAll("'", "%27");
}

/** As a quoted value of a libpq connection string, without its quotes. */
export function keywordEscaped(password: string): string {
  return password.replace(/['\\]/g, (character) => `\\${character}`);
}
