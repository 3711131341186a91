import type { SourceLocation } from "../../errors.ts";
import {
  mergeConflict,
  openedBy,
  unreadableText,
  unterminated,
} from "./lexer_errors.ts";
import {
  lexCommand,
  lexCopyData,
  lexCopyLine,
  skipLine,
} from "./lexer_lines.ts";
import { createLexerState, locate } from "./lexer_state.ts";
import type { LexerState } from "./lexer_state.ts";
import { closeStatement, copyKept, dropBytes } from "./lexer_statement.ts";
import { lexColon } from "./lexer_variables.ts";
import { scan } from "./scan.ts";
import type { ScriptItem } from "./statement.ts";
import { checkText, startsAsUtf16, wholeCharacters } from "./text_check.ts";
import type { Variables } from "./variables.ts";

/** What a lexer must know besides the bytes. */
export interface LexerOptions {
  /** The path of the script, for errors. */
  readonly path: string;
  /** A longer statement is refused; 64 MB unless given. */
  readonly maxStatementBytes?: number;
  /** What `:name` stands for; nothing is replaced without any. */
  readonly variables?: Variables | undefined;
}

/** Cuts a script into its parts while it is read. */
export interface Lexer {
  /**
   * What the bytes complete. Their buffer may be used again afterwards.
   *
   * @throws {FileError} If the bytes so far are no usable script.
   */
  push(chunk: Uint8Array): readonly ScriptItem[];
  /**
   * What the end of the script completes.
   *
   * @throws {FileError} If it ends inside a quote or a comment.
   */
  end(): readonly ScriptItem[];
}

/** A lexer that cuts as psql of PostgreSQL 18 does, in constant memory. */
export function createLexer(options: LexerOptions): Lexer {
  const lexer = createLexerState({
    path: options.path,
    maxStatementBytes: options.maxStatementBytes ??
      DEFAULT_MAX_STATEMENT_BYTES,
    variables: options.variables ?? NO_VARIABLES,
  });
  return {
    push(chunk) {
      feed(lexer, chunk);
      return takeItems(lexer);
    },
    end() {
      lexer.scan.isFinal = true;
      feed(lexer, new Uint8Array());
      finish(lexer);
      return takeItems(lexer);
    },
  };
}

const DEFAULT_MAX_STATEMENT_BYTES = 67_108_864;
const NO_VARIABLES: Variables = new Map();
const BYTE_ORDER_MARK = "\ufeff";

function takeItems(lexer: LexerState): readonly ScriptItem[] {
  const { items } = lexer;
  lexer.items = [];
  return items;
}

function feed(lexer: LexerState, chunk: Uint8Array): void {
  const { scan: s } = lexer;
  s.bytes = join(s.bytes, chunk);
  if (lexer.phase === "start" && s.bytes.length < 3 && !s.isFinal) {
    return copyKept(lexer);
  }
  readText(lexer);
  scanAll(lexer);
  dropBytes(lexer, s.at);
  copyKept(lexer);
  s.limit = 0;
}

function scanAll(lexer: LexerState): void {
  const { scan: s } = lexer;
  while (s.at < s.limit && advance(lexer)) { /* until the bytes are used up */ }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** Sets how far the bytes can be read, and their text. */
function readText(lexer: LexerState): void {
  const { scan: s } = lexer;
  if (lexer.phase === "start" && startsAsUtf16(s.bytes)) {
    throw unreadableText("utf16", locate(lexer, 0));
  }
  s.limit = s.isFinal ? s.bytes.length : wholeCharacters(s.bytes);
  const text = checkText(s.bytes.subarray(0, s.limit));
  if (typeof text !== "string") {
    throw unreadableText(text.kind, locate(lexer, text.offset));
  }
  lexer.asciiText = text.length === s.limit ? text : undefined;
  if (lexer.phase === "start" && s.limit > 0) {
    lexer.phase = "sql";
    if (text.startsWith(BYTE_ORDER_MARK)) {
      s.at = 3;
      lexer.placedTo = 3;
    }
  }
}

/** Takes a step; false when it needs more bytes. */
function advance(lexer: LexerState): boolean {
  switch (lexer.phase) {
    case "start":
      return false;
    case "sql":
      return lexSql(lexer);
    case "command":
      return lexCommand(lexer);
    case "rest_of_line":
      return skipLine(lexer, "sql");
    case "copy_line":
      return lexCopyLine(lexer);
    case "copy_comment":
      return skipLine(lexer, "copy_data");
    case "copy_data":
      return lexCopyData(lexer);
  }
}

function lexSql(lexer: LexerState): boolean {
  const { scan: s } = lexer;
  switch (scan(s)) {
    case "more":
      return false;
    case "semicolon":
      closeStatement(lexer);
      s.at++;
      return true;
    case "backslash":
      lexer.phase = "command";
      return true;
    case "colon":
      return lexColon(lexer, () => scanAll(lexer));
    case "conflict":
      throw mergeConflict(locate(lexer, s.at));
  }
}

function finish(lexer: LexerState): void {
  const { scan: s } = lexer;
  const opened = openedBy(s.mode);
  if (opened !== undefined) {
    const location: SourceLocation = lexer.opened ?? { path: lexer.path };
    throw unterminated(opened, location);
  }
  closeStatement(lexer);
  if (lexer.phase.startsWith("copy")) {
    const { line } = locate(lexer, 0);
    lexer.items.push({
      kind: "copy_data",
      bytes: new Uint8Array(),
      line,
      isLast: true,
    });
  }
}
