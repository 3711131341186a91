import type { Finding } from "../core/finding.ts";
import { type Faulty, lintScript } from "../core/lint/lint.ts";
import type { LiveDatabase } from "../core/lint/live_tables.ts";
import type { LintFile } from "../core/lint/rule.ts";
import type { SchemaSoFar } from "../core/lint/schema_so_far.ts";
import type { Migration } from "../core/migration.ts";
import type { QualifiedName } from "../core/sql/quote.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { FileError } from "../errors.ts";
import { readLintScript, type ReadScript, type Wanted } from "./lint_script.ts";
import { asFinding } from "./migration_folder.ts";
import { readLines, type Script } from "./script.ts";
import { readAnyFile } from "./script_file.ts";

/** A file with what was found in it. */
export interface LintedFile {
  readonly file: LintFile;
  /** Absent for one that cannot be read. */
  readonly read?: ReadScript;
  /** By line, with the text of their lines. */
  readonly findings: readonly Finding[];
  /** Findings that a directive keeps quiet. */
  readonly suppressed: number;
  readonly faulty: readonly Faulty[];
}

/** How files are read, and for what. */
export interface LintingSettings extends RunSettings {
  readonly wanted?: Wanted;
  readonly live?: LiveDatabase | undefined;
}

/** Runs the rules over a file, after those that came before it. */
export async function lintFile(
  file: LintFile,
  schema: SchemaSoFar,
  { wanted, live, ...settings }: LintingSettings,
): Promise<LintedFile> {
  const script = scriptOf(file, settings);
  try {
    const read = await readLintScript(script, file, wanted);
    const { findings, suppressed, faulty } = lintScript(
      read.script,
      schema,
      live,
    );
    const all = [...read.findings, ...findings].toSorted(byLine);
    const shown = await withExcerpts(script, all);
    return { file, read, findings: shown, suppressed, faulty };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { file, findings: [asFinding(error)], suppressed: 0, faulty: [] };
  }
}

/** Takes a file into account whose findings nobody wants. */
export async function seeFile(
  file: LintFile,
  schema: SchemaSoFar,
  settings: RunSettings,
): Promise<void> {
  try {
    const { script } = await readLintScript(scriptOf(file, settings), file);
    for (const { tree } of script.statements) {
      if (tree !== undefined) schema.see(tree);
    }
  } catch (error) {
    // What it says of the schema is not needed to judge the others.
    if (!(error instanceof FileError)) throw error;
  }
}

/** The up file of a migration, as the rules see it. */
export function upFileOf({ version, up, down }: Migration): LintFile {
  return {
    path: up.path,
    direction: "up",
    migration: {
      header: up.header,
      hasRollback: down !== undefined,
      version,
      ...(down !== undefined && { downPath: down.path }),
    },
  };
}

/** The tables and other relations that the statements of a file name. */
export async function namesIn(
  file: LintFile,
  settings: RunSettings,
): Promise<readonly QualifiedName[]> {
  try {
    const read = await readLintScript(scriptOf(file, settings), file, "locks");
    return read.script.statements.flatMap(({ locks = [] }) =>
      locks.flatMap(({ table }) => table ?? [])
    );
  } catch (error) {
    // It is told when the file is linted.
    if (!(error instanceof FileError)) throw error;
    return [];
  }
}

function scriptOf(file: LintFile, settings: RunSettings): Script {
  return {
    path: file.path,
    maxStatementBytes: settings.maxStatementBytes,
    variables: settings.variables,
    open: () => readAnyFile(file.path, settings.cwd),
  };
}

function byLine(one: Finding, other: Finding): number {
  return (one.location?.line ?? 0) - (other.location?.line ?? 0);
}

async function withExcerpts(
  script: Script,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const wanted = new Set(findings.map(({ location }) => location?.line));
  const last = Math.max(0, ...[...wanted].map((line) => line ?? 0));
  const texts = new Map<number, string>();
  let line = 0;
  for await (const text of readLines(script, 1)) {
    if (++line > last) break;
    if (wanted.has(line)) texts.set(line, text);
  }
  return findings.map((finding) => {
    const { location } = finding;
    const excerpt = texts.get(location?.line ?? 0);
    return location === undefined || excerpt === undefined
      ? finding
      : { ...finding, location: { ...location, excerpt } };
  });
}
