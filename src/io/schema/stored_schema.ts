import type { RunOutcome } from "../../core/outcome.ts";
import type { SchemaState } from "../../core/schema/compare_schemas.ts";
import type { DriftReference } from "../../core/schema/drift_report.ts";
import { parseSchema } from "../../core/schema/schema_object.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { LockstepError } from "../../errors.ts";
import { CATALOG_FIRST, readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";
import { historyError } from "../postgres/history_rights.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import trackingSnapshots from "../postgres/sql/tracking_snapshots.sql" with {
  type: "text",
};
import { fillIn, type TrackingNames } from "../postgres/tracking_sql.ts";
import { snapshotError } from "./snapshot_rights.ts";
import { WITHOUT_JIT } from "./read_schema.ts";
import { snapshotSql } from "./snapshot_sql.ts";
import storedSql from "./sql/read_stored_schema.sql" with { type: "text" };
import storeSql from "./sql/store_snapshot.sql" with { type: "text" };

/** A schema that was stored, and what is known of it. */
export interface StoredSchema extends SchemaState {
  readonly reference: Extract<DriftReference, { kind: "snapshot" }>;
  /** Whether the text is what was stored. */
  readonly isIntact: boolean;
  /** Whether this version of the tool writes schemas as that one did. */
  readonly isReadable: boolean;
  /** Steps that the log has since. */
  readonly laterSteps: number;
}

/** The newest schema that is stored; undefined without one. */
export async function readStoredSchema(
  connection: Connection,
  names: TrackingNames,
): Promise<StoredSchema | undefined> {
  const answers = await askStored(connection, names);
  const [row] = rowsOf(answers);
  if (row === undefined) return undefined;
  const isReadable = Number(row.format) === FORMAT;
  return {
    objects: isReadable ? parseSchema(row.schema ?? "") : [],
    serverVersion: Number(row.server_version),
    isIntact: row.is_intact === "t",
    isReadable,
    laterSteps: Number(row.later_steps),
    reference: {
      kind: "snapshot",
      id: Number(row.id),
      takenAt: row.taken_at ?? "",
      runId: row.run_id ?? "",
      client: row.client ?? "",
      ...(row.reason !== undefined && { reason: row.reason }),
    },
  };
}

async function askStored(connection: Connection, names: TrackingNames) {
  try {
    return await connection.run(readingSql(fillIn(storedSql, names)));
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (error.fields.sqlstate === UNDEFINED_TABLE) return [];
    throw await snapshotError(connection, { names, use: "read" }, error);
  }
}

/** The statement that makes the table of the snapshots. */
export function snapshotsDdl(names: TrackingNames): string {
  return fillIn(trackingSnapshots, names);
}

/** The statement that stores the schema as it is when it runs. */
export function storeSchemaSql(
  recorder: Recorder,
  serverVersion: number,
  reason?: string,
): string {
  return fillIn(storeSql, {
    query: snapshotSql(recorder.names, serverVersion),
    snapshots: recorder.names.snapshots,
    log: recorder.names.log,
    kept: String(KEPT),
    run_id: quoteLiteral(recorder.runId),
    server_version: String(serverVersion),
    format: String(FORMAT),
    client: quoteLiteral(recorder.client),
    tool_version: quoteLiteral(recorder.toolVersion),
    reason: reason === undefined ? "NULL" : quoteLiteral(reason),
  });
}

/**
 * Stores the schema after a run, in one round trip. Whatever goes wrong is
 * left to `drift` to tell: the run is done, and must not fail.
 */
export async function storeSchemaAfterRun(
  outcome: RunOutcome,
  worker: Connection,
  recorder: Recorder,
): Promise<void> {
  if (isSettled(outcome)) await keepSchema(worker, recorder);
}

/** The same after other work that has changed the schema and is done. */
export async function keepSchema(
  worker: Connection,
  recorder: Recorder,
): Promise<void> {
  // Each message is a transaction: a role that may not create the table may
  // still fill one that is there.
  const results = await Promise.allSettled([
    worker.run(createSql(recorder.names)),
    worker.run(
      `${SHORT_WAIT}; SET LOCAL statement_timeout = ${STORE_LIMIT_MS}; ` +
        readingSql(`${WITHOUT_JIT}; `) +
        storeSchemaSql(recorder, worker.serverVersion),
    ),
  ]);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    const { reason } = result;
    const isKnown = reason instanceof PostgresError ||
      reason instanceof LockstepError;
    if (!isKnown) throw reason;
  }
}

/** Whether something was done, and nothing was left part-way. */
function isSettled({ steps }: RunOutcome): boolean {
  const statuses = steps.map(({ status }) => status);
  return statuses.includes("done") && !statuses.includes("partial") &&
    !statuses.includes("unknown");
}

/**
 * Makes the table of the snapshots if it is not there.
 *
 * @throws {HistoryError} If the role may not.
 */
export async function createSnapshots(
  worker: Connection,
  names: TrackingNames,
): Promise<void> {
  const name = quoteLiteral(names.snapshots);
  const answers = await worker.run(
    readingSql(`SELECT WHERE to_regclass(${name}) IS NOT NULL`),
  );
  if (rowsOf(answers).length > 0) return;
  try {
    await worker.run(createSql(names));
  } catch (error) {
    throw await historyError(worker, names, error);
  }
}

function createSql(names: TrackingNames): string {
  return `${SHORT_WAIT}; SET LOCAL client_min_messages = error; ` +
    `${CATALOG_FIRST}; ${snapshotsDdl(names)}`;
}

/** The form of the stored text: another one cannot be compared. */
const FORMAT = 1;

/** Earlier snapshots that stay. */
const KEPT = 10;

/** After this a run goes on without its snapshot. */
const STORE_LIMIT_MS = 10_000;

const SHORT_WAIT = "SET LOCAL lock_timeout = 1000";

const UNDEFINED_TABLE = "42P01";
