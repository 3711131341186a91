import { findAlmostDirective } from "./almost_directive.ts";
import { type MigrationDirectives, parseDirectives } from "./directives.ts";
import { showName } from "./display.ts";
import type { Finding } from "./finding.ts";
import { findForeignTool } from "./foreign_tool.ts";
import {
  findContradiction,
  type HeaderOwner,
  saysNone,
} from "./header_claim.ts";
import {
  type HeaderComment,
  type HeaderComments,
  readHeaderComments,
} from "./header_comments.ts";
import { downFileName, upFileName } from "./migration_name.ts";

export type { MigrationDirectives } from "./directives.ts";

/** The header lines of a migration file, by the names of the template. */
export interface MigrationHeader {
  readonly description?: string;
  readonly author?: string;
  readonly created?: string;
  readonly type?: string;
  readonly estimatedTime?: string;
  /** As written: file names, versions, or the names of something else. */
  readonly dependencies: readonly string[];
  /** The line on which `dependencies` start, from 1. */
  readonly dependenciesLine?: number;
  readonly directives: MigrationDirectives;
}

/** The header of a file that has none. */
export const EMPTY_HEADER: MigrationHeader = {
  dependencies: [],
  directives: {},
};

/** A header and what was found wrong with it. */
export interface ParsedHeader {
  readonly header: MigrationHeader;
  readonly findings: readonly Finding[];
}

/**
 * Reads the `-- Key: value` lines at the start of a file, up to its first
 * statement, in any order and case; `text` may be cut off after them.
 */
export function parseMigrationHeader(
  text: string,
  owner: HeaderOwner,
): ParsedHeader {
  const draft: Draft = {
    owner,
    texts: {},
    dependencies: [],
    dependenciesLine: undefined,
    isListOpen: false,
    directives: {},
    findings: [],
  };
  const comments = readHeaderComments(text);
  for (const comment of comments.comments) readComment(draft, comment);
  for (const block of comments.blocks) {
    checkAlmostDirective(draft, block, withoutMarks(block.text));
  }
  checkBelowHeader(draft, text, comments);
  const { texts, dependencies, dependenciesLine, directives } = draft;
  const header = dependenciesLine === undefined
    ? { ...texts, dependencies, directives }
    : { ...texts, dependencies, dependenciesLine, directives };
  return { header, findings: draft.findings };
}

interface HeaderTexts {
  description?: string;
  author?: string;
  created?: string;
  type?: string;
  estimatedTime?: string;
}

interface Draft {
  readonly owner: HeaderOwner;
  readonly texts: HeaderTexts;
  readonly dependencies: string[];
  dependenciesLine: number | undefined;
  /** The line before was a list of dependencies that ended in a comma. */
  isListOpen: boolean;
  directives: MigrationDirectives;
  readonly findings: Finding[];
}

const TEXT_FIELDS: ReadonlyMap<string, keyof HeaderTexts> = new Map([
  ["description", "description"],
  ["author", "author"],
  ["created", "created"],
  ["type", "type"],
  ["estimated execution time", "estimatedTime"],
]);

function readComment(draft: Draft, comment: HeaderComment): void {
  checkForeignTool(draft, comment);
  const continues = draft.isListOpen;
  draft.isListOpen = false;
  const body = comment.text.slice("--".length).trim();
  const colon = body.indexOf(":");
  if (colon === -1) {
    if (continues) addDependencies(draft, body);
    else checkAlmostDirective(draft, comment, body);
    return;
  }
  const key = body.slice(0, colon).trimEnd().toLowerCase();
  const value = body.slice(colon + 1).trimStart();
  readLine(draft, comment, { body, key, value });
}

/** A comment of the form `-- key: value`, its key in lower case. */
interface HeaderLine {
  /** What follows the dashes. */
  readonly body: string;
  readonly key: string;
  readonly value: string;
}

function readLine(
  draft: Draft,
  comment: HeaderComment,
  line: HeaderLine,
): void {
  const { key, value } = line;
  if (key === "lockstep" && isLintIgnore(value)) return;
  if (key === "lockstep") return addDirectives(draft, comment, value);
  if (key === "dependencies") {
    draft.dependenciesLine ??= comment.line;
    return addDependencies(draft, value);
  }
  const field = TEXT_FIELDS.get(key);
  if (field === undefined) {
    checkClaim(draft, comment, line);
    checkAlmostDirective(draft, comment, line.body);
  } else if (value !== "") draft.texts[field] ??= value;
}

/** The text of a block comment. */
function withoutMarks(block: string): string {
  return block.replace(/^\/\*[\s*!]*/, "").replace(/[\s*]*\*\/$/, "");
}

function addDependencies(draft: Draft, value: string): void {
  draft.isListOpen = value.endsWith(",");
  for (const item of value.split(",")) {
    const written = item.trim();
    if (!saysNone(written)) draft.dependencies.push(written);
  }
}

/** For lint alone, which says what is wrong with one. */
function isLintIgnore(value: string): boolean {
  return /^lint-ignore(?![\w-])/i.test(value);
}

function addDirectives(
  draft: Draft,
  comment: HeaderComment,
  value: string,
): void {
  const read = parseDirectives(value, draft.directives);
  draft.directives = read.directives;
  for (const fault of read.faults) {
    report(draft, "bad_directive", { ...comment, ...fault });
  }
}

function checkClaim(
  draft: Draft,
  comment: HeaderComment,
  { key, value }: HeaderLine,
): void {
  const fault = findContradiction(key, value, draft.owner);
  if (fault !== undefined) {
    report(draft, "bad_header", { ...comment, ...fault });
  }
}

function checkAlmostDirective(
  draft: Draft,
  comment: HeaderComment,
  body: string,
): void {
  const fault = findAlmostDirective(body);
  if (fault !== undefined) {
    report(draft, "bad_directive", { ...comment, ...fault });
  }
}

function checkForeignTool(draft: Draft, comment: HeaderComment): void {
  const tool = findForeignTool(comment.text);
  if (tool === undefined) return;
  const down = showName(downFileName(draft.owner));
  report(draft, "bad_header", {
    ...comment,
    state: `"${showName(comment.text)}" is a marker of ${tool}`,
    hint: `keep only the way forward in "${
      showName(upFileName(draft.owner))
    }", move the way back to "rollbacks/${down}", and delete the markers`,
  });
}

/** A directive there would be overlooked without a word. */
function checkBelowHeader(
  draft: Draft,
  text: string,
  { end, endLine }: HeaderComments,
): void {
  if (text.startsWith("#", end)) {
    checkForeignTool(draft, { line: endLine, text: lineAt(text, end) });
  }
  if (!text.includes("lockstep:", end)) return;
  const match = /^[ \t]*--[ \t]*lockstep:(?![ \t]*lint-ignore(?![\w-]))/m.exec(
    text.slice(end),
  );
  if (match === null) return;
  const start = end + match.index;
  const line = endLine + text.slice(end, start).split("\n").length - 1;
  draft.findings.push({
    severity: "warning",
    code: "misplaced_directive",
    message: `Cannot use the directive in "${
      showName(draft.owner.path)
    }" as it stands below the first statement`,
    hint: "move it up into the header of the file",
    location: { path: draft.owner.path, line, excerpt: lineAt(text, start) },
  });
}

function lineAt(text: string, start: number): string {
  return /[^\r\n]*/.exec(text.slice(start))?.[0] ?? "";
}

function report(
  draft: Draft,
  code: "bad_header" | "bad_directive",
  { state, hint, line, text }: {
    readonly state: string;
    readonly hint: string;
  } & HeaderComment,
): void {
  draft.findings.push({
    severity: "error",
    code,
    message: `Cannot use "${showName(draft.owner.path)}" as ${state}`,
    hint,
    location: { path: draft.owner.path, line, excerpt: text },
  });
}
