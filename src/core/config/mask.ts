/**
 * A text without the passwords that connection strings carry: URLs of
 * PostgreSQL lose all after their scheme, other URLs their user and password,
 * keyword strings the value of their password.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(
      // A path that a URL was taken for has lost a slash.
      /\b(postgres(?:ql)?):\/\/?(?!user:password@host:port\/)[^\s"']+/gi,
      "$1://***",
    )
    .replace(/:\/\/[^\s/"']*@/g, "://***@")
    .replace(
      /((?:ssl)?passw(?:or)?d\s*=\s*)('(?:[^'\\]|\\.|'')*'|"[^"]*"|[^\s'"]+)/gi,
      "$1***",
    );
}

/**
 * The same for a value that stands by itself, as it was typed: in it spaces
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
 * A text without the given values: as they are, as SQL quotes them, in
 * letters of another case, and, since servers cut long values off, in parts
 * of 16 characters or more.
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

function formsOf(secret: string): readonly string[] {
  const literal = secret.replaceAll("'", "''");
  return [
    ...new Set([
      secret,
      literal,
      literal.replaceAll("\\", "\\\\"),
      secret.replaceAll('"', '""'),
    ]),
  ].filter((form) => form.length >= MIN_SECRET_LENGTH);
}

function findForm(text: string, form: string): readonly Range[] {
  return form.length > PART_LENGTH
    ? findParts(text, form)
    : findWhole(text, form);
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
