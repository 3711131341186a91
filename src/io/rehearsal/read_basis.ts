import { withoutAppliedDependencies } from "../../core/dependencies.ts";
import type { Finding } from "../../core/finding.ts";
import type { HistoryEntry } from "../../core/history.ts";
import type { Step } from "../../core/plan/plan.ts";
import { planMigrate } from "../../core/plan/plan_migrate.ts";
import { writeSchema } from "../../core/schema/write_schema.ts";
import { HistoryError } from "../../errors.ts";
import { toFileError } from "../file_findings.ts";
import { type LoadedMigrations, loadMigrations } from "../migration_files.ts";
import { describeTarget } from "../postgres/connection.ts";
import { readHistory } from "../postgres/history_store.ts";
import type { Target } from "../postgres/target.ts";
import { readSchemaGraph } from "../schema/read_schema.ts";

/** What a rehearsal begins with. */
export interface Basis {
  readonly files: LoadedMigrations;
  /** What counts as applied already. */
  readonly applied: readonly HistoryEntry[];
  readonly steps: readonly Step[];
  /** What makes the schema that the first step finds. */
  readonly blocks: readonly string[];
  /** The database that the schema is copied from. */
  readonly source?: string;
  readonly warnings: readonly Finding[];
}

/**
 * All files on an empty database, or with `pending` those that are not applied
 * on a copy of the live schema.
 */
export async function readBasis(
  live: Target,
  scope: "all" | "pending",
): Promise<Basis> {
  const { migrationsDir, cwd, ignore, order } = live.settings;
  const files = await loadMigrations(migrationsDir, { ignore, cwd });
  const { applied, ...schema } = scope === "all"
    ? { applied: [], blocks: [], warnings: [] }
    : await copyLive(live);
  const findings = withoutAppliedDependencies(files.findings, applied);
  const unusable = toFileError(findings);
  if (unusable !== undefined) throw unusable;
  const history = { tables: "ready", entries: applied } as const;
  const { steps } = planMigrate(files.migrations, history, {
    integrity: "require",
    order,
  });
  const usable = { ...files, findings: [] };
  const warnings = [...findings, ...schema.warnings];
  return { files: usable, applied, steps, ...schema, warnings };
}

async function copyLive(live: Target) {
  await using connection = await live.connect();
  const { entries } = await readHistory(connection, live.names);
  requireWhole(entries, "rehearse what is pending");
  const { blocks, findings } = writeSchema(
    await readSchemaGraph(connection, live.names),
  );
  return {
    applied: entries.filter(({ state }) => state === "applied"),
    blocks,
    source: describeTarget(connection.target),
    warnings: findings,
  };
}

/** The rest of a script cannot be told from what its beginning has made. */
export function requireWhole(
  entries: readonly HistoryEntry[],
  action: string,
): void {
  const entry = entries.find(({ state }) =>
    state === "partly_applied" || state === "partly_rolled_back"
  );
  if (entry === undefined) return;
  throw new HistoryError(
    "partly_applied",
    `Cannot ${action} as "${entry.version}_${entry.name}" ` +
      `stopped part-way`,
    { hint: 'finish it first: see "lockstep status"' },
  );
}
