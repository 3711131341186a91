import type { InitReport } from "../core/report.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { describeTarget } from "./postgres/connection.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import { createTablesLocked } from "./postgres/locked_run.ts";
import { requireWritable, type Target } from "./postgres/target.ts";
import { createSnapshots, snapshotsDdl } from "./schema/stored_schema.ts";
import { trackingNames, trackingObjects } from "./postgres/tracking_sql.ts";

/** Creates or completes the tracking tables. */
export async function initTables(target: Target): Promise<InitReport> {
  const { table } = target.settings;
  let description: string | undefined;
  try {
    await using reader = await target.connect();
    description = describeTarget(reader.target);
    requireWritable(reader);
    const change = await createTablesLocked({
      reader,
      connect: () => target.connect(),
      names: target.names,
      keys: target.lock,
      lockTimeoutMs: target.settings.lockTimeoutMs,
      signal: target.signal,
      onEvent: target.onEvent,
    }, (worker) => createSnapshots(worker, target.names));
    return {
      kind: "init",
      success: true,
      target: description,
      table,
      change,
      warnings: [],
    };
  } catch (failure) {
    const error = requireKnown(failure);
    return {
      kind: "init",
      success: false,
      ...(description !== undefined && { target: description }),
      table,
      warnings: [],
      error,
    };
  }
}

/** The statements that make the tracking tables, for a DBA. */
export function trackerSql({ table }: RunSettings): InitReport {
  const names = trackingNames(table);
  const statements = [
    ...(names.schema === '"public"'
      ? []
      : [`CREATE SCHEMA IF NOT EXISTS ${names.schema};`]),
    ...trackingObjects(names).map(({ ddl }) => ddl.trim()),
    snapshotsDdl(names).trim(),
  ];
  return {
    kind: "init",
    success: true,
    table,
    sql: statements.join("\n\n") + "\n",
    warnings: [],
  };
}
