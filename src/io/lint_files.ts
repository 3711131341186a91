import { basename, resolve } from "node:path";
import type { Finding } from "../core/finding.ts";
import { lintScript } from "../core/lint/lint.ts";
import {
  failsOn,
  type LintOptions,
  type LintReport,
} from "../core/lint/lint_report.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { SchemaSoFar } from "../core/lint/schema_so_far.ts";
import type { Migration } from "../core/migration.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { ConfigError, FileError, LockstepError } from "../errors.ts";
import { readLintScript } from "./lint_script.ts";
import { loadMigrations } from "./migration_files.ts";
import { asFinding } from "./migration_folder.ts";
import { readLines, type Script } from "./script.ts";
import { readAnyFile } from "./script_file.ts";

/** Runs the rules over files, in the order in which they would run. */
export async function lintFiles(
  settings: RunSettings,
  options: LintOptions,
): Promise<LintReport> {
  const draft: Draft = { files: 0, statements: 0, suppressed: 0, findings: [] };
  try {
    const files = await chooseFiles(settings, options.files ?? [], draft);
    const schema = new SchemaSoFar();
    for (const file of files) {
      const isKept = options.newFor === "all" && file.direction === "up";
      if (!isKept) schema.startFile();
      await lintFile(settings, file, { draft, schema });
    }
    const success = !failsOn(draft.findings, options.failOn ?? "error");
    return { kind: "lint", success, ...draft, warnings: [] };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { kind: "lint", success: false, ...draft, warnings: [], error };
  }
}

interface Draft {
  files: number;
  statements: number;
  suppressed: number;
  findings: Finding[];
}

async function chooseFiles(
  settings: RunSettings,
  paths: readonly string[],
  draft: Draft,
): Promise<readonly LintFile[]> {
  const { migrationsDir, cwd, ignore } = settings;
  const isAll = paths.length === 0;
  try {
    const loaded = await loadMigrations(migrationsDir, { ignore, cwd });
    const known = filesOf(loaded.migrations);
    if (!isAll) return paths.map((path) => findFile(path, known, cwd));
    draft.findings.push(...loaded.findings);
    return known;
  } catch (error) {
    // Files can be anywhere, so no folder is needed for them.
    if (isAll || !(error instanceof ConfigError)) throw error;
    return paths.map((path) => findFile(path, [], cwd));
  }
}

/** All that leads forwards, then all that leads back. */
function filesOf(migrations: readonly Migration[]): readonly LintFile[] {
  const ups = migrations.map(({ up, down }): LintFile => ({
    path: up.path,
    direction: "up",
    migration: { header: up.header, hasRollback: down !== undefined },
  }));
  const downs = migrations.flatMap(({ down }): readonly LintFile[] =>
    down === undefined ? [] : [{
      path: down.path,
      direction: "down",
      migration: { header: down.header, hasRollback: true },
    }]
  );
  return [...ups, ...downs];
}

function findFile(
  path: string,
  known: readonly LintFile[],
  cwd: string,
): LintFile {
  const full = resolve(cwd, path);
  const file = known.find((one) => resolve(cwd, one.path) === full);
  if (file !== undefined) return { ...file, path };
  const isDown = /_down\.sql$/i.test(basename(path));
  return { path, direction: isDown ? "down" : "up" };
}

async function lintFile(
  settings: RunSettings,
  file: LintFile,
  { draft, schema }: { readonly draft: Draft; readonly schema: SchemaSoFar },
): Promise<void> {
  const script: Script = {
    path: file.path,
    maxStatementBytes: settings.maxStatementBytes,
    variables: settings.variables,
    open: () => readAnyFile(file.path, settings.cwd),
  };
  draft.files++;
  try {
    const read = await readLintScript(script, file);
    draft.statements += read.script.statements.length;
    const { findings, suppressed } = lintScript(read.script, schema);
    draft.suppressed += suppressed;
    const all = [...read.findings, ...findings].toSorted(byLine);
    draft.findings.push(...await withExcerpts(script, all));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    draft.findings.push(asFinding(error));
  }
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
