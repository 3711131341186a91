import type { HistoryEntry } from "../../core/history.ts";
import { isBaseline } from "../../core/history.ts";
import type { Step } from "../../core/plan/plan.ts";
import { planMigrate } from "../../core/plan/plan_migrate.ts";
import { ConnectionError, ExecutionError, HistoryError } from "../../errors.ts";
import { toFileError } from "../file_findings.ts";
import { loadMigrations } from "../migration_files.ts";
import type { Connection } from "../postgres/connection.ts";
import { readHistory } from "../postgres/history_store.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { requireContained } from "../rehearsal/find_shared.ts";
import { type Basis, requireWhole } from "../rehearsal/read_basis.ts";
import { type OpenDatabase, Stage } from "../rehearsal/stage.ts";
import {
  dropLeftOver,
  dropThrowaway,
  throwawayName,
} from "../rehearsal/throwaway_database.ts";
import type { ConnectionTarget } from "../postgres/connection.ts";
import type { Finding } from "../../core/finding.ts";

/** Where the files are applied, to see what they make. */
export interface FilesPlace {
  /** A database of the server where the throwaway one is made. */
  readonly server: Target;
  /** Whether that server was named for it; else it has the live database. */
  readonly isServerNamed: boolean;
  /** Another database of the server that was connected to. */
  readonly beside: (where: ConnectionTarget, database: string) => OpenDatabase;
}

/** The database to compare. */
export interface LiveDatabase {
  readonly target: Target;
  readonly connection: Connection;
  /** Told what was left behind, also when the comparison fails. */
  readonly warn: (findings: readonly Finding[]) => void;
}

/** A throwaway database in which the files of a live one were applied. */
export interface FilesStage {
  readonly stage: Stage;
  readonly steps: readonly Step[];
  readonly warnings: readonly Finding[];
}

/**
 * Applies the files of the versions that are applied in the live database to a
 * throwaway one, which is dropped when `use` has ended.
 *
 * @throws {HistoryError} If one has no file, or stopped part-way.
 * @throws {ExecutionError} If a file cannot be applied.
 */
export async function withFilesStage<Result>(
  live: LiveDatabase,
  place: FilesPlace,
  use: (staged: FilesStage) => Promise<Result>,
): Promise<Result> {
  const { server: target, isServerNamed, beside } = place;
  const basis = await readApplied(live);
  if (!isServerNamed) {
    const ups = basis.steps.map(({ down: _, ...step }) => step);
    await requireContained(live.target, ups);
  }
  await using server = await target.connect();
  requireWritable(server);
  await dropLeftOver(server);
  const name = await throwawayName(server);
  try {
    await using stage = await Stage.open({
      server,
      like: live.connection,
      name,
      connect: () => beside(server.target, name),
      basis,
    });
    await apply(stage, basis.steps);
    const { steps, warnings } = basis;
    return await use({ stage, steps, warnings });
  } finally {
    live.warn(await dropThrowaway(server, target.reconnect, name));
  }
}

async function readApplied(
  { target, connection }: LiveDatabase,
): Promise<Basis> {
  const { migrationsDir, cwd, ignore } = target.settings;
  const [files, { entries }] = await Promise.all([
    loadMigrations(migrationsDir, { ignore, cwd }),
    readHistory(connection, target.names),
  ]);
  const unusable = toFileError(files.findings);
  if (unusable !== undefined) throw unusable;
  requireWhole(entries, "compare with the files");
  const applied = entries.filter((entry) =>
    entry.state === "applied" && !isBaseline(entry)
  );
  const known = new Set(files.migrations.map(({ version }) => version));
  const lost = applied.find(({ version }) => !known.has(version));
  if (lost !== undefined) throw missingFile(lost);
  const versions = new Set(applied.map(({ version }) => version));
  const { steps } = planMigrate(
    files.migrations.filter(({ version }) => versions.has(version)),
    { tables: "ready", entries: [] },
    { integrity: "require", order: "any" },
  );
  return {
    files: { ...files, findings: [] },
    applied: [],
    steps,
    blocks: [],
    warnings: files.findings,
  };
}

function missingFile({ version, name }: HistoryEntry): HistoryError {
  return new HistoryError(
    "missing_file",
    `Cannot compare with the files as "${version}_${name}" is applied and ` +
      "has no file",
    { hint: 'bring the file back, or see "lockstep verify"' },
  );
}

async function apply(stage: Stage, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  const { error } = await stage.run("migrate", steps);
  if (error === undefined) return;
  if (error instanceof ConnectionError) throw lostConnection(error);
  if (!(error instanceof ExecutionError)) throw error;
  throw new ExecutionError(
    error.code,
    `Cannot compare with the files as one cannot be applied: ${error.message}`,
    {
      remains: "nothing",
      hint: 'see "lockstep rehearse"',
      location: error.location,
      server: error.server,
      cause: error,
    },
  );
}

/** What the run would advise is for a database that stays. */
function lostConnection(error: ConnectionError): ConnectionError {
  const { code, message, location, server } = error;
  return new ConnectionError(
    code,
    `Cannot compare with the files as the connection broke: ${message}`,
    {
      hint: "run it again",
      ...(location !== undefined && { location }),
      ...(server !== undefined && { server }),
      cause: error,
    },
  );
}
