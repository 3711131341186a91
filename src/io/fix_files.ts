import { Buffer } from "node:buffer";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { ReadStatement } from "../core/lint/lint.ts";
import { type Fix, fixStatement } from "../core/lint/fix_statement.ts";
import type { LintFix } from "../core/lint/lint_fix.ts";
import type { LintOptions } from "../core/lint/lint_report.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { locksOf } from "../core/locks/statement_locks.ts";
import { sameVersion } from "../core/migration_name.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { ConfigError, LockstepError, UsageError } from "../errors.ts";
import { createFollowing } from "./create_following.ts";
import type { LintedFile } from "./lint_file.ts";
import type { LookedUp } from "./look_up.ts";
import { fileChanged, replaceFile } from "./replace_file.ts";
import { errorCode } from "./script_file.ts";

/** What is fixed, and what is known of the database. */
export interface FixWork {
  readonly settings: RunSettings;
  readonly options: LintOptions;
  readonly looked: LookedUp | undefined;
}

/** What was fixed, or would be, and the files that were added for it. */
export interface FixedFiles {
  readonly fixes: readonly LintFix[];
  readonly created: readonly string[];
}

/**
 * Writes the safe form of statements into files that are not applied. Throws
 * `UsageError` when nobody can know which are.
 */
export async function fixFiles(
  linted: readonly LintedFile[],
  { settings, options, looked }: FixWork,
): Promise<FixedFiles> {
  if (looked === undefined && (options.files ?? []).length === 0) {
    throw new UsageError(
      "missing_argument",
      "Cannot fix all files as it is not known which of them are applied",
      { hint: "add --live to ask the database, or name the files" },
    );
  }
  const fixes: LintFix[] = [];
  const created: string[] = [];
  for (const one of linted) {
    const edits = planEdits(one, looked);
    if (edits.length === 0) continue;
    fixes.push(...edits.map((edit) => describe(edit, one.file)));
    if (options.fix !== "write") continue;
    created.push(...await apply(one.file, edits, settings));
  }
  return { fixes, created };
}

interface Edit {
  readonly rule: string;
  readonly statement: ReadStatement;
  readonly before: string;
  readonly fix: Fix;
}

function planEdits(
  { file, faulty }: LintedFile,
  looked: LookedUp | undefined,
): readonly Edit[] {
  if (isApplied(file, looked)) return [];
  const edits = new Map<number, Edit>();
  for (const { rule, statement } of faulty) {
    const { tree, text, startByte } = statement;
    if (tree === undefined || text === undefined) continue;
    // The server refuses these forms for partitioned tables.
    const isPartitioned = locksOf(tree)?.some(({ table }) =>
      table !== undefined && looked?.live?.find(table)?.isPartitioned === true
    );
    const fix = isPartitioned === true
      ? undefined
      : fixStatement(rule, { tree, text });
    if (fix === undefined || edits.has(startByte)) continue;
    if (fix.later !== undefined && !canBeFollowed(file)) continue;
    edits.set(startByte, { rule, statement, before: text, fix });
  }
  return [...edits.values()];
}

function isApplied(
  { migration }: LintFile,
  looked: LookedUp | undefined,
): boolean {
  const { version } = migration ?? {};
  const entry = looked?.history?.entries.find((one) =>
    version !== undefined && sameVersion(one.version, version)
  );
  return entry !== undefined && entry.state !== "rolled_back" &&
    entry.state !== "failed";
}

/** Only a migration of the folder has others behind it. */
function canBeFollowed({ direction, migration }: LintFile): boolean {
  return direction === "up" && migration !== undefined;
}

function describe(
  { rule, statement, before, fix }: Edit,
  { path }: LintFile,
): LintFix {
  return { path, line: statement.line, rule, before, after: fix.text };
}

async function apply(
  file: LintFile,
  edits: readonly Edit[],
  settings: RunSettings,
): Promise<readonly string[]> {
  const path = resolve(settings.cwd, file.path);
  const before = readFileSync(path);
  const later = edits.flatMap(({ fix }) => fix.later ?? []);
  const created = later.length === 0
    ? []
    : await createFollowing(file, later, settings);
  try {
    replaceFile(path, { before, after: edited(file.path, before, edits) });
    const undo = edits.flatMap(({ fix }) => fix.undo ?? []);
    if (undo.length > 0) addUndo(file, undo, settings);
  } catch (error) {
    for (const one of created) rmSync(resolve(settings.cwd, one));
    throw asFixError(error, file.path);
  }
  return created;
}

function asFixError(error: unknown, path: string): unknown {
  if (error instanceof LockstepError || errorCode(error) === undefined) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError(
    "unwritable_directory",
    `Cannot fix "${path}" as the system says: ${reason}`,
    {
      hint: "check that the file and its folder can be written to",
      cause: error,
    },
  );
}

/** All but the statements stays as it is, byte for byte. */
function edited(
  path: string,
  before: Buffer,
  edits: readonly Edit[],
): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const inOrder = edits.toSorted((one, other) =>
    one.statement.startByte - other.statement.startByte
  );
  for (
    const { statement: { startByte, endByte }, before: was, fix } of inOrder
  ) {
    const found = before.subarray(startByte, endByte).toString();
    if (found !== was) throw fileChanged(path);
    parts.push(before.subarray(at, startByte), Buffer.from(fix.text));
    at = endByte;
  }
  return Buffer.concat([...parts, before.subarray(at)]);
}

function addUndo(
  { migration }: LintFile,
  undo: readonly string[],
  { cwd }: RunSettings,
): void {
  const { downPath } = migration ?? {};
  if (downPath === undefined) return;
  const path = resolve(cwd, downPath);
  const text = readFileSync(path, "utf8");
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === "" || text.endsWith("\n") ? "" : lineBreak;
  appendFileSync(path, `${gap}${undo.join(lineBreak)}${lineBreak}`);
}
