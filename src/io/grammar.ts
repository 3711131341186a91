import process from "node:process";
import type { ParseTree } from "../core/sql/parse_tree.ts";
import { readParseResult } from "../core/sql/parse_tree.ts";

/** The grammar of PostgreSQL, ready to be asked. */
export interface Grammar {
  /**
   * The tree of the first statement; undefined when the grammar does not
   * know it, which may only mean that the server is newer.
   */
  parse(sql: string): ParseTree | undefined;
}

/** Loads the grammar; later calls answer with the same one. */
export function loadGrammar(): Promise<Grammar> {
  loading ??= load();
  return loading;
}

let loading: Promise<Grammar> | undefined;

/** Above this the parser takes seconds and hundreds of megabytes. */
const MAX_LENGTH = 1_000_000;
/** Deeper nesting overflows the stack of the module. */
const MAX_DEPTH = 500;

async function load(): Promise<Grammar> {
  const parseSync = await loadParser();
  return {
    parse(sql) {
      // A NUL would hide what follows it.
      if (sql.length > MAX_LENGTH || sql.includes("\0")) return undefined;
      if (nestingDepth(sql) > MAX_DEPTH) return undefined;
      return readParseResult(keepExitCode(() => tryParse(parseSync, sql)));
    },
  };
}

type Parser = (sql: string) => unknown;

/** Bundlers take the CommonJS form of the package, which has a default. */
async function loadParser(): Promise<Parser> {
  const imported: Record<string, unknown> = await import("libpg-query");
  const module = typeof imported["loadModule"] === "function"
    ? imported
    : imported["default"];
  const { loadModule, parseSync } = module as typeof import("libpg-query");
  await loadModule();
  return parseSync;
}

function tryParse(parseSync: Parser, sql: string): unknown {
  try {
    return parseSync(sql);
  } catch {
    // A grammar that cannot tell must never fail a run.
    return undefined;
  }
}

/** When the module runs out of memory, it sets the exit code of the process. */
function keepExitCode<Result>(run: () => Result): Result {
  const before = process.exitCode;
  const result = run();
  if (process.exitCode !== before) process.exitCode = before;
  return result;
}

function nestingDepth(sql: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < sql.length; i++) {
    const code = sql.charCodeAt(i);
    if (code === OPEN_PAREN || code === OPEN_BRACKET) depth++;
    if (code === CLOSE_PAREN || code === CLOSE_BRACKET) depth--;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

const OPEN_PAREN = 40;
const CLOSE_PAREN = 41;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
