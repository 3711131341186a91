/** What a byte means between the tokens of a script; see {@linkcode byteClass}. */
export const BYTE_CLASS = {
  space: 0,
  /** Stands for itself: commas, operators, brackets, control characters. */
  other: 1,
  /** Starts a word: letters, `_` and all bytes of non-ASCII characters. */
  word: 2,
  digit: 3,
  singleQuote: 4,
  doubleQuote: 5,
  dollar: 6,
  semicolon: 7,
  openParen: 8,
  closeParen: 9,
  backslash: 10,
  colon: 11,
  dash: 12,
  slash: 13,
  /** May start a mark that a version control system left in a file. */
  conflict: 14,
} as const;

/** The class of each byte, one of {@linkcode BYTE_CLASS}. */
export const byteClass: Uint8Array = classify();

/** 1 for the bytes that continue a word: letters, digits, `_`, `$`. */
export const continuesWord: Uint8Array = Uint8Array.from(
  byteClass,
  (kind) =>
    kind === BYTE_CLASS.word || kind === BYTE_CLASS.digit ||
      kind === BYTE_CLASS.dollar
      ? 1
      : 0,
);

/** 1 for the bytes of a dollar quote's tag and of a psql variable's name. */
export const continuesTag: Uint8Array = Uint8Array.from(
  byteClass,
  (kind) => kind === BYTE_CLASS.word || kind === BYTE_CLASS.digit ? 1 : 0,
);

function classify(): Uint8Array {
  const table = new Uint8Array(256).fill(BYTE_CLASS.other);
  table.fill(BYTE_CLASS.word, 128);
  setAll(table, " \t\n\r\f\v", BYTE_CLASS.space);
  setAll(table, "_abcdefghijklmnopqrstuvwxyz", BYTE_CLASS.word);
  setAll(table, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", BYTE_CLASS.word);
  setAll(table, "0123456789", BYTE_CLASS.digit);
  setAll(table, "'", BYTE_CLASS.singleQuote);
  setAll(table, '"', BYTE_CLASS.doubleQuote);
  setAll(table, "$", BYTE_CLASS.dollar);
  setAll(table, ";", BYTE_CLASS.semicolon);
  setAll(table, "(", BYTE_CLASS.openParen);
  setAll(table, ")", BYTE_CLASS.closeParen);
  setAll(table, "\\", BYTE_CLASS.backslash);
  setAll(table, ":", BYTE_CLASS.colon);
  setAll(table, "-", BYTE_CLASS.dash);
  setAll(table, "/", BYTE_CLASS.slash);
  setAll(table, "<=>|", BYTE_CLASS.conflict);
  return table;
}

function setAll(table: Uint8Array, characters: string, kind: number): void {
  for (const character of characters) table[character.charCodeAt(0)] = kind;
}
