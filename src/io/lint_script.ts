import type { Finding } from "../core/finding.ts";
import type { LintScript, ReadStatement } from "../core/lint/lint.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { findIgnore, type IgnoreLine } from "../core/lint/suppression.ts";
import { locksOf } from "../core/locks/statement_locks.ts";
import { classify } from "../core/sql/classify.ts";
import { labelOf } from "../core/sql/label.ts";
import type { Statement } from "../core/sql/statement.ts";
import { firstTokens } from "../core/sql/tokens.ts";
import { type Grammar, loadGrammar } from "./grammar.ts";
import { readLines, type Script, ScriptCursor } from "./script.ts";
import { showingLine } from "./show_line.ts";

/** A script for the rules, and what the grammar could not read. */
export interface ReadScript {
  readonly script: LintScript;
  readonly findings: readonly Finding[];
}

/** What is read of a script: locks cost more, as nothing is passed over. */
export type Wanted = "rules" | "locks";

/** Reads a script; throws `FileError` with the place of what is wrong. */
export async function readLintScript(
  script: Script,
  file: LintFile,
  wanted: Wanted = "rules",
): Promise<ReadScript> {
  const grammar = await loadGrammar();
  const findings: Finding[] = [];
  const isLone = file.migration?.header.directives.transaction === "off";
  const statements = await showingLine(script, async () => {
    const cursor = new ScriptCursor(script);
    const read: ReadStatement[] = [];
    try {
      for (
        let item = await cursor.next();
        item !== undefined;
        item = await cursor.next()
      ) {
        if (item.kind !== "statement") continue;
        const one = readStatement(item, grammar, isLone ? "off" : "on");
        read.push(
          wanted === "locks"
            ? { ...one, ...readLocks(item, one, grammar) }
            : one,
        );
        if (isUnread(item, one)) findings.push(unread(item, file));
      }
      return read;
    } finally {
      await cursor.close();
    }
  });
  const ignoreLines = await readIgnoreLines(script);
  return { script: { file, statements, ignoreLines }, findings };
}

function readStatement(
  statement: Statement,
  grammar: Grammar,
  transaction: "on" | "off",
): ReadStatement {
  const { line, column, text, replaced, startByte, endByte } = statement;
  const tree = needsTree(text) ? grammar.parse(text) : undefined;
  const endLine = line + text.split("\n").length - 1;
  const { mode } = classify(text, grammar.parse);
  return {
    line,
    column,
    endLine,
    startByte,
    endByte,
    mode: transaction === "off" ? "non_transactional" : mode,
    ...(tree !== undefined && { tree }),
    ...(tree !== undefined && replaced === undefined && { text }),
  };
}

function readLocks(
  { text }: Statement,
  read: ReadStatement,
  grammar: Grammar,
): Pick<ReadStatement, "label" | "locks"> {
  const tree = read.tree ?? grammar.parse(text);
  const locks = tree === undefined ? undefined : locksOf(tree);
  return { label: labelOf(text), ...(locks !== undefined && { locks }) };
}

/** A script may insert by the million statements, and no rule is about that. */
function needsTree(text: string): boolean {
  const [first] = firstTokens(text, 1);
  return !UNINTERESTING.has(first?.word ?? "") && text.length <= MAX_LENGTH;
}

const UNINTERESTING: ReadonlySet<string> = new Set([
  "comment",
  "copy",
  "insert",
]);
/** The longest statement that the grammar takes. */
const MAX_LENGTH = 1_000_000;

function isUnread({ text }: Statement, { tree }: ReadStatement): boolean {
  return tree === undefined && needsTree(text);
}

function unread({ line, column }: Statement, { path }: LintFile): Finding {
  return {
    severity: "warning",
    code: "unknown-statement",
    message: "The grammar of PostgreSQL 18 does not know this statement, " +
      "so that no rule could look at it",
    hint: "correct it, or give values to the variables that it uses",
    location: { path, line, column },
  };
}

async function readIgnoreLines(script: Script): Promise<IgnoreLine[]> {
  const found: IgnoreLine[] = [];
  let line = 0;
  for await (const text of readLines(script, 1)) {
    line++;
    const ignore = findIgnore(text);
    if (ignore !== undefined) found.push({ line, text: ignore });
  }
  return found;
}
