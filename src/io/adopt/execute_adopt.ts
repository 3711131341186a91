import type { ForeignTool } from "../../core/adopt/foreign.ts";
import type { AdoptedRow, AdoptPlan } from "../../core/adopt/plan_adopt.ts";
import type { Migration } from "../../core/migration.ts";
import { indexByVersion } from "../../core/plan/verify.ts";
import { FileError, HistoryError } from "../../errors.ts";
import { toFileError } from "../file_findings.ts";
import { loadMigrations } from "../migration_files.ts";
import type { Connection } from "../postgres/connection.ts";
import type { Target } from "../postgres/target.ts";
import { type AppliedVersion, writeRows } from "../postgres/write_rows.ts";
import { readScriptToKeep } from "../prepare_step.ts";
import { recordLocked } from "../record_locked.ts";
import { requireFree, withFiles } from "./adopted_files.ts";
import { type ForeignTables, readForeignTables } from "./foreign_history.ts";

/** Where from and where to. */
export interface Adoption {
  readonly target: Target;
  readonly tool: ForeignTool;
  readonly historyTable: string | undefined;
}

/** What was decided on. */
export interface DecidedPlan {
  readonly connection: Connection;
  readonly plan: AdoptPlan;
  /** As they were when it was planned. */
  readonly tables: ForeignTables;
}

/**
 * Writes, under the lock, the files and then, in one transaction, the rows; the
 * run's id. When the rows are not written, the files go again.
 */
export async function executeAdopt(
  adoption: Adoption,
  { connection, plan, tables }: DecidedPlan,
): Promise<string> {
  const { target, tool } = adoption;
  const { migrationsDir: dir, cwd } = target.settings;
  return await recordLocked(target, connection, {
    action: `adopt from ${tool.title}`,
    write: async (context) => {
      await requireSameHistory(adoption, context.worker, tables);
      requireFree({ dir, cwd }, plan.files);
      return await withFiles({ dir, cwd }, plan.files, async () => {
        const rows = await prepareRows(target, plan);
        return await writeRows(context, "adopt", rows);
      });
    },
  });
}

/** The files are read back, as every later run will read them. */
async function prepareRows(
  { settings }: Target,
  { rows }: AdoptPlan,
): Promise<readonly AppliedVersion[]> {
  const { migrationsDir: dir, cwd, ignore } = settings;
  const loaded = await loadMigrations(dir, { ignore, cwd });
  const error = toFileError(loaded.findings);
  if (error !== undefined) throw error;
  const files = indexByVersion(loaded.migrations);
  const prepared: AppliedVersion[] = [];
  for (const row of rows) {
    const isNumber = /^[0-9]+$/.test(row.version);
    const file = isNumber ? files.find(row.version) : undefined;
    if (isNumber) requireSameFile(row, file);
    const kept = file && await readScriptToKeep(file, { folder: { dir, cwd } });
    prepared.push({ ...row, dependencies: [], kept });
  }
  return prepared;
}

function requireSameFile(row: AdoptedRow, file: Migration | undefined): void {
  if (file?.up.checksum === row.checksum) return;
  throw new FileError(
    "file_changed",
    `Cannot record "${row.filePath}" as it is not what was written a moment ago`,
    { hint: "run the command again", location: { path: row.filePath } },
  );
}

/** The other tool may have run since the plan was made. */
async function requireSameHistory(
  { target, tool, historyTable }: Adoption,
  worker: Connection,
  before: ForeignTables,
): Promise<void> {
  const { names } = target;
  const now = await readForeignTables(worker, tool, { names, historyTable });
  if (textOf(now) === textOf(before)) return;
  throw new HistoryError(
    "row_changed",
    `Cannot adopt from ${tool.title} as its history changed since it was read`,
    { hint: "stop that tool, then run the command again" },
  );
}

function textOf({ rows }: ForeignTables): string {
  return JSON.stringify(
    [...rows].map(([role, list]) => [
      role,
      list.map((row) => JSON.stringify(Object.entries(row).sort())).sort(),
    ]),
  );
}
