import { basename, resolve } from "node:path";
import type { Finding } from "../core/finding.ts";
import { findingsFrom } from "../core/lint/fail_on.ts";
import type { LintOptions, LintReport } from "../core/lint/lint_report.ts";
import type { LiveDatabase } from "../core/lint/live_tables.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { SchemaSoFar } from "../core/lint/schema_so_far.ts";
import { listLocks, type StatementLocks } from "../core/locks/script_locks.ts";
import type { Migration } from "../core/migration.ts";
import type { RunSettings } from "../core/run_settings.ts";
import type { QualifiedName } from "../core/sql/quote.ts";
import { ConfigError } from "../errors.ts";
import { lintFile, namesIn, upFileOf } from "./lint_file.ts";
import { connectionFindings } from "./loading.ts";
import { loadMigrations } from "./migration_files.ts";
import { describeTarget } from "./postgres/connection.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Target } from "./postgres/target.ts";

/** Runs the rules over files, in the order in which they would run. */
export async function lintFiles(
  settings: RunSettings,
  options: LintOptions,
  target?: Target,
): Promise<LintReport> {
  const draft: Draft = {
    files: 0,
    statements: 0,
    suppressed: 0,
    findings: [],
    warnings: [],
  };
  try {
    const files = await chooseFiles(settings, options.files ?? [], draft);
    const live = target !== undefined && options.live === true
      ? await lookUp(files, target, draft)
      : undefined;
    const schema = new SchemaSoFar();
    const lockSchema = new SchemaSoFar();
    const wanted = options.locks === true ? "locks" : "rules";
    for (const file of files) {
      const isKept = options.newFor === "all" && file.direction === "up";
      if (!isKept) { for (const one of [schema, lockSchema]) one.startFile(); }
      const { read, findings, suppressed } = await lintFile(file, schema, {
        ...settings,
        wanted,
        live,
      });
      if (options.locks === true && read !== undefined) {
        draft.locks = [
          ...draft.locks ?? [],
          ...listLocks(read.script, lockSchema, live),
        ];
      }
      draft.files++;
      draft.statements += read?.script.statements.length ?? 0;
      draft.suppressed += suppressed;
      draft.findings.push(...findings);
    }
    const failOn = options.failOn ?? settings.failOn ?? "error";
    const success = findingsFrom(draft.findings, failOn).length === 0;
    return { kind: "lint", success, ...draft };
  } catch (failure) {
    const error = requireKnown(failure);
    return { kind: "lint", success: false, ...draft, error };
  }
}

interface Draft {
  files: number;
  statements: number;
  suppressed: number;
  findings: Finding[];
  locks?: readonly StatementLocks[];
  target?: string;
  warnings: readonly Finding[];
}

/** What the server knows of the tables that the files name. */
async function lookUp(
  files: readonly LintFile[],
  target: Target,
  draft: Draft,
): Promise<LiveDatabase | undefined> {
  const { readLiveTables } = await import("./postgres/live_tables.ts");
  const opening = target.connect();
  // Whoever awaits it below meets the error.
  opening.catch(() => undefined);
  const names: QualifiedName[] = [];
  for (const file of files) {
    names.push(...await namesIn(file, target.settings));
  }
  await using connection = await opening;
  draft.target = describeTarget(connection.target);
  draft.warnings = await connectionFindings(target);
  const live = await readLiveTables(connection, names);
  if (live === undefined) {
    draft.warnings = [...draft.warnings, UNKNOWN_SIZES];
  }
  return live;
}

const UNKNOWN_SIZES: Finding = {
  severity: "warning",
  code: "sizes-unknown",
  message: "The tables are taken for big ones, as one of them is locked and " +
    "its size cannot be read",
  hint: "run it again once the lock is free",
};

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
  const ups = migrations.map(upFileOf);
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
