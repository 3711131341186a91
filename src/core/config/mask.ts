import { maskSecrets } from "../../mask_secrets.ts";

export { maskSecrets };

/**
 * What `maskSecrets()` does, for a value that stands by itself, as it was typed: in it spaces
 * and quotes may belong to a password.
 */
export function maskValue(value: string): string {
  return maskSecrets(
    value
      .replace(/^(\s*postgres(?:ql)?):\/\/.*$/is, "$1://***")
      .replace(/^(.*\b(?:ssl)?passw(?:or)?d\s*=).*$/is, "$1***"),
  );
}

/** Shorter values would turn up by chance in any text. */
export const MIN_SECRET_LENGTH = 4;

/**
 * A text without the given values: as they are, as SQL, arrays, rows and JSON
 * quote them, in letters of another case, and, since servers cut long values
 * off, in parts of 16 characters or more; in parts of 4 or more beside "..."
 * and where the server quotes the word that it stumbled over.
 */
export function maskValues(text: string, secrets: readonly string[]): string {
  const folded = foldCase(text);
  const ranges = secrets.flatMap((secret) =>
    formsOf(foldCase(secret)).flatMap((form) => findForm(folded, form))
  );
  if (ranges.length === 0) return text;
  let masked = "";
  let at = 0;
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
    if (start >= at) masked += `${text.slice(at, start)}***`;
    at = Math.max(at, end);
  }
  return masked + text.slice(at);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const PART_LENGTH = 16;

/** Keeps each character in its place, as it folds only ASCII letters. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Literals, identifiers, arrays and rows, each also inside of a literal. */
function formsOf(secret: string): readonly string[] {
  const escaped = [secret, secret.replaceAll("\\", "\\\\")];
  const quoted = escaped.flatMap((form) =>
    ['"', '""', '\\"'].map((quote) => form.replaceAll('"', quote))
  );
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [...quoted, json].flatMap((form) => [
    form,
    form.replaceAll("'", "''"),
  ]);
  return Array.from(new Set(forms))
    .filter((form) => form.length >= MIN_SECRET_LENGTH);
}

function findForm(text: string, form: string): readonly Range[] {
  const whole = form.length > PART_LENGTH
    ? findParts(text, form)
    : findWhole(text, form);
  return [...whole, ...findCutOff(text, form), ...findWords(text, form)];
}

const CUT = "...";

/** What is left of a value beside the mark of where it was cut off. */
function findCutOff(text: string, form: string): readonly Range[] {
  return findWhole(text, CUT).flatMap(({ start, end }) => {
    const before = longestLength(
      form,
      (length) => text.endsWith(form.slice(0, length), start),
    );
    const after = longestLength(
      form,
      (length) => text.startsWith(form.slice(-length), end),
    );
    return [
      ...(before > 0 ? [{ start: start - before, end: start }] : []),
      ...(after > 0 ? [{ start: end, end: end + after }] : []),
    ];
  });
}

/** As in `syntax error at or near "…"` and `Token "…" is invalid`. */
const WORD = /\b(?:near|token|found) "([^"]+)"/gi;

function findWords(text: string, form: string): readonly Range[] {
  return Array.from(text.matchAll(WORD)).flatMap((match) => {
    const [whole, word = ""] = match;
    if (word.length < MIN_SECRET_LENGTH || !form.includes(word)) return [];
    const end = match.index + whole.length - 1;
    return [{ start: end - word.length, end }];
  });
}

function longestLength(
  form: string,
  fits: (length: number) => boolean,
): number {
  const most = Math.min(form.length, PART_LENGTH);
  for (let length = most; length >= MIN_SECRET_LENGTH; length--) {
    if (fits(length)) return length;
  }
  return 0;
}

function findWhole(text: string, form: string): readonly Range[] {
  const ranges: Range[] = [];
  for (
    let start = text.indexOf(form);
    start >= 0;
    start = text.indexOf(form, start + 1)
  ) ranges.push({ start, end: start + form.length });
  return ranges;
}

function findParts(text: string, form: string): readonly Range[] {
  const parts = new Set<string>();
  for (let at = 0; at + PART_LENGTH <= form.length; at++) {
    parts.add(form.slice(at, at + PART_LENGTH));
  }
  const ranges: Range[] = [];
  for (let start = 0; start + PART_LENGTH <= text.length; start++) {
    const end = start + PART_LENGTH;
    if (parts.has(text.slice(start, end))) ranges.push({ start, end });
  }
  return ranges;
}
