import { join } from "node:path";
import type { BaselineReport } from "../../core/adopt/adopt_report.ts";
import {
  chooseMigrations,
  requireFirst,
} from "../../core/baseline/choose_migrations.ts";
import { dependenciesOf } from "../../core/dependencies.ts";
import type { Finding } from "../../core/finding.ts";
import type { Migration } from "../../core/migration.ts";
import type { BaselineOptions } from "../../core/manager_options.ts";
import { type MigrationName, upFileName } from "../../core/migration_name.ts";
import { withFiles } from "../adopt/adopted_files.ts";
import { toFileError } from "../file_findings.ts";
import { connectAndLoad, type Draft, type Loaded } from "../loading.ts";
import { loadMigrations } from "../migration_files.ts";
import { shownPath } from "../migration_folder.ts";
import type { Connection } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { type AppliedVersion, writeRows } from "../postgres/write_rows.ts";
import { readScriptToKeep } from "../prepare_step.ts";
import { recordLocked } from "../record_locked.ts";
import { requireUntracked } from "../require_untracked.ts";
import { dumpSchema } from "./dump_schema.ts";
import { hasTables, requireNoOtherHistory } from "./look_around.ts";

/**
 * Records migrations as applied without running them, in a database that was
 * never tracked.
 */
export async function baseline(
  target: Target,
  work: BaselineOptions,
): Promise<BaselineReport> {
  let report: BaselineReport = {
    kind: "baseline",
    success: true,
    status: "planned",
    table: target.settings.table,
    migrations: [],
    warnings: [],
  };
  const note: Note = (found) => report = { ...report, ...found };
  try {
    await attempt(target, work, { note, soFar: () => report });
    return report;
  } catch (failure) {
    return { ...report, success: false, error: requireKnown(failure) };
  }
}

type Note = (found: Partial<BaselineReport>) => void;

interface Progress {
  readonly note: Note;
  readonly soFar: () => BaselineReport;
}

async function attempt(
  target: Target,
  work: BaselineOptions,
  { note, soFar }: Progress,
): Promise<void> {
  const draft: Draft = { warnings: [], forced: [] };
  await using loaded = await connectAndLoad(target, {
    draft,
    // Without a file there is no such version, and --dump can write one.
    missingFolder: "warning",
    fileErrors: "throw",
    ask: requireNoOtherHistory,
  });
  const { connection } = loaded;
  note({ ...(draft.target !== undefined && { target: draft.target }) });
  if (work.dryRun !== true) requireWritable(connection);
  await loaded.answer;
  await requireUntracked(connection, target.names, "record a baseline");
  const plan = work.dump === true
    ? await planDump(target, work, loaded)
    : { chosen: chooseMigrations(loaded.migrations, work.version) };
  const warnings = await findWarnings(target, connection, draft);
  note({ ...describe(plan, target), warnings });
  if (work.dryRun === true) return;
  if (await work.decide?.(soFar()) === false) {
    return note({ status: "declined" });
  }
  const runId = await execute(target, connection, plan);
  note({ runId, status: "done" });
}

/** Files that are there, or one to be written. */
type BaselinePlan =
  | { readonly chosen: readonly Migration[]; readonly dump?: undefined }
  | { readonly dump: DumpFile };

interface DumpFile extends MigrationName {
  readonly path: string;
  readonly text: string;
}

async function planDump(
  target: Target,
  { version }: BaselineOptions,
  { connection, migrations }: Loaded,
): Promise<BaselinePlan> {
  requireFirst(migrations, version);
  const dump = await dumpSchema(target, connection);
  const name = "baseline";
  return {
    dump: {
      version,
      name,
      path: upFileName({ version, name }),
      text:
        `-- The schema as it was when lockstep took over, by ${dump.program}\n` +
        dump.sql,
    },
  };
}

function describe(
  plan: BaselinePlan,
  { settings }: Target,
): Partial<BaselineReport> {
  if (plan.dump === undefined) {
    const migrations = plan.chosen.map(({ version, name, up }) => ({
      version,
      name,
      path: up.path,
    }));
    return { migrations };
  }
  const { version, name, path, text } = plan.dump;
  const folder = shownPath(settings.migrationsDir, settings.cwd);
  return {
    migrations: [{ version, name, path: join(folder, path) }],
    dumpBytes: Buffer.byteLength(text),
  };
}

async function execute(
  target: Target,
  connection: Connection,
  plan: BaselinePlan,
): Promise<string> {
  const { migrationsDir: dir, cwd } = target.settings;
  const files = plan.dump === undefined ? [] : [plan.dump];
  return await recordLocked(target, connection, {
    action: "record a baseline",
    write: (context) =>
      withFiles({ dir, cwd }, files, async () => {
        const chosen = plan.dump === undefined
          ? plan.chosen
          : await readBack(target, plan.dump);
        const rows = await prepareRows(target, chosen);
        return await writeRows(context, "baseline", rows);
      }),
  });
}

/** The file as every later run will read it. */
async function readBack(
  { settings }: Target,
  { version }: DumpFile,
): Promise<readonly Migration[]> {
  const { migrationsDir, cwd, ignore } = settings;
  const loaded = await loadMigrations(migrationsDir, { ignore, cwd });
  const error = toFileError(loaded.findings);
  if (error !== undefined) throw error;
  return chooseMigrations(loaded.migrations, version);
}

async function prepareRows(
  { settings }: Target,
  chosen: readonly Migration[],
): Promise<readonly AppliedVersion[]> {
  const folder = { dir: settings.migrationsDir, cwd: settings.cwd };
  const rows: AppliedVersion[] = [];
  for (const migration of chosen) {
    const { version, name, up } = migration;
    rows.push({
      version,
      name,
      checksum: up.checksum,
      filePath: up.path,
      dependencies: dependenciesOf(migration, chosen),
      kept: await readScriptToKeep(migration, { folder }),
      reason: "recorded as the baseline, without being run",
    });
  }
  return rows;
}

async function findWarnings(
  { names }: Target,
  connection: Connection,
  { warnings }: Draft,
): Promise<readonly Finding[]> {
  const others = warnings.filter(({ code }) => code !== "missing_directory");
  return await hasTables(connection, names) ? others : [...others, {
    severity: "warning",
    code: "empty_database",
    message: "The database has no tables of its own, and what is recorded as " +
      "applied will never run",
    hint: 'for a new database, use "lockstep migrate"',
  }];
}
