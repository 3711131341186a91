import { continuesTag } from "./byte_class.ts";
import { insertInstead, scanInstead } from "./lexer_replace.ts";
import { keepStart, locate, textOf } from "./lexer_state.ts";
import type { Inserted, LexerState } from "./lexer_state.ts";
import { quoteIdentifier, quoteLiteral } from "./quote.ts";
import { endToken, openStatement } from "./scan_state.ts";

/**
 * Takes the colon at the current byte with what belongs to it: the name of a
 * variable, as psql finds and replaces it (PostgreSQL source, `psqlscan.l`).
 */
export function lexColon(lexer: LexerState, scanAll: () => void): boolean {
  const { scan: s } = lexer;
  const reference = findReference(lexer);
  if (reference === undefined) return false;
  const { form, name, end } = reference;
  const insert = insertFor(lexer, reference);
  if (insert === undefined) {
    openStatement(s);
    noteUnset(lexer, reference);
    s.at = endToken(s, end);
  } else if (form === "plain") {
    lexer.expanding.push(name);
    scanInstead(lexer, end, { insert, scanAll });
    lexer.expanding.pop();
  } else {
    openStatement(s);
    insertInstead(lexer, end, { insert, kind: "token" });
  }
  return true;
}

interface Reference {
  readonly form: "none" | "plain" | "literal" | "identifier" | "test";
  readonly name: string;
  readonly end: number;
}

const COLON = 58;
const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;
const QUESTION_MARK = 63;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
/** What is longer is nobody's name, and is not waited for. */
const MAX_NAME_BYTES = 1000;

const encoder = new TextEncoder();

/** What the colon starts; undefined when more bytes are needed to tell. */
function findReference(lexer: LexerState): Reference | undefined {
  const { scan: s } = lexer;
  const { bytes, at, limit } = s;
  if (at + 2 >= limit && !s.isFinal) return undefined;
  const next = at + 1 < limit ? bytes[at + 1] : undefined;
  switch (next) {
    case COLON:
      return { form: "none", name: "", end: at + 2 };
    case SINGLE_QUOTE:
      return readClosed(lexer, at + 2, { form: "literal", close: next });
    case DOUBLE_QUOTE:
      return readClosed(lexer, at + 2, { form: "identifier", close: next });
    case OPEN_BRACE:
      if (at + 2 >= limit || bytes[at + 2] !== QUESTION_MARK) break;
      return readClosed(lexer, at + 3, { form: "test", close: CLOSE_BRACE });
  }
  const end = nameEnd(lexer, at + 1);
  if (end === undefined) return undefined;
  const name = textOf(lexer, at + 1, end);
  return { form: name === "" ? "none" : "plain", name, end };
}

function readClosed(
  lexer: LexerState,
  from: number,
  { form, close }: Pick<Reference, "form"> & { readonly close: number },
): Reference | undefined {
  const { bytes, at, limit } = lexer.scan;
  const end = nameEnd(lexer, from);
  if (end === undefined) return undefined;
  const isClosed = end > from && end < limit && bytes[end] === close;
  if (!isClosed) return { form: "none", name: "", end: at + 1 };
  return { form, name: textOf(lexer, from, end), end: end + 1 };
}

/** Where a name ends; undefined when its end has not come yet. */
function nameEnd(lexer: LexerState, from: number): number | undefined {
  const { bytes, limit, isFinal } = lexer.scan;
  let end = from;
  while (end < limit && continuesTag[bytes[end] ?? 0] === 1) end++;
  if (end < limit || isFinal || end - from > MAX_NAME_BYTES) return end;
  return undefined;
}

/** What stands for a reference; undefined when it stays as it is. */
function insertFor(
  { variables, expanding, inserted }: LexerState,
  { form, name }: Reference,
): Inserted | undefined {
  if (form === "none" || variables.size === 0) return undefined;
  if (form !== "test" && !variables.has(name)) return undefined;
  if (form === "plain" && expanding.includes(name)) return undefined;
  const key = `${form} ${name}`;
  const known = inserted.get(key);
  if (known !== undefined) return known;
  const text = textFor(form, variables.get(name)?.value);
  const bytes = encoder.encode(text);
  const isAscii = bytes.length === text.length;
  const insert = { bytes, asciiText: isAscii ? text : undefined };
  if (variables.has(name)) inserted.set(key, insert);
  return insert;
}

function textFor(
  form: Exclude<Reference["form"], "none">,
  value: string | undefined,
): string {
  switch (form) {
    case "plain":
      return value ?? "";
    case "literal":
      return literalAsPsql(value ?? "");
    case "identifier":
      return quoteIdentifier(value ?? "");
    case "test":
      return value === undefined ? "FALSE" : "TRUE";
    default:
      return form satisfies never;
  }
}

/** libpq puts a space before `E`, which could else become part of a word. */
function literalAsPsql(value: string): string {
  const literal = quoteLiteral(value);
  return literal.startsWith("E") ? ` ${literal}` : literal;
}

function noteUnset(lexer: LexerState, { form, name, end }: Reference): void {
  if (form !== "literal" && form !== "identifier") return;
  if (lexer.unset !== undefined) return;
  keepStart(lexer);
  const { at } = lexer.scan;
  const { line, column } = locate(lexer, at);
  lexer.unset = { name, written: textOf(lexer, at, end), line, column };
}
