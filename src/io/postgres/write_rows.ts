import { quoteLiteral } from "../../core/sql/quote.ts";
import { HistoryError } from "../../errors.ts";
import { storedPath } from "./claim_sql.ts";
import { historyError } from "./history_rights.ts";
import { PostgresError } from "./postgres_error.ts";
import {
  keepScriptSql,
  type KeptScript,
  logSql,
  type Recorder,
} from "./record_sql.ts";
import {
  type RecordContext,
  recordTogether,
  type Written,
} from "./record_transaction.ts";

/** A version that is applied already, to be recorded as such. */
export interface AppliedVersion {
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly filePath: string;
  readonly dependencies: readonly string[];
  /** As the server reads a time; absent for the present moment. */
  readonly appliedAt?: string;
  readonly executionTimeMs?: number;
  readonly kept?: KeptScript | undefined;
  readonly reason: string;
}

/** How versions come to be recorded without being run. */
export type RecordingKind = "adopt" | "baseline";

/**
 * Records versions as applied, in one transaction, each with its row in the
 * log. The tracking table is empty, under the lock.
 *
 * @throws {HistoryError} If one of them is there already.
 * @throws {ConnectionError} If the connection broke and nothing was written.
 */
export async function writeRows(
  context: RecordContext,
  kind: RecordingKind,
  rows: readonly AppliedVersion[],
): Promise<Written> {
  const { worker, recorder } = context;
  return await recordTogether(context, kind, async (mark) => {
    for (const row of rows) {
      try {
        await worker.run(mark + rowSql(recorder, kind, row));
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
        await worker.run("ROLLBACK");
        if (error.fields.sqlstate === UNIQUE) throw isThere(row, error);
        throw await historyError(worker, recorder.names, error);
      }
    }
  });
}

const UNIQUE = "23505";

function rowSql(
  recorder: Recorder,
  kind: RecordingKind,
  row: AppliedVersion,
): string {
  const { version, name, checksum, filePath, kept, reason } = row;
  return [
    insertSql(recorder, row),
    ...(kept === undefined ? [] : [keepScriptSql(recorder, { version }, kept)]),
    logSql(recorder, {
      direction: kind,
      version,
      name,
      checksum,
      filePath,
    }, {
      outcome: kind === "adopt" ? "adopted" : "baselined",
      startedAt: "clock_timestamp()",
      statements: 0,
      reason,
    }),
  ].join(";\n");
}

function insertSql(recorder: Recorder, row: AppliedVersion): string {
  const { appliedAt, executionTimeMs } = row;
  const dependencies = row.dependencies.map((one) => quoteLiteral(one));
  const columns: Readonly<Record<string, string>> = {
    version: quoteLiteral(row.version),
    name: quoteLiteral(row.name),
    applied_at: appliedAt === undefined
      ? "clock_timestamp()"
      : `${quoteLiteral(appliedAt)}::timestamptz`,
    checksum: quoteLiteral(row.checksum),
    success: "TRUE",
    execution_time_ms: executionTimeMs === undefined
      ? "NULL"
      : String(Math.min(executionTimeMs, MAX_INTEGER)),
    migration_type: "'up'",
    file_path: quoteLiteral(storedPath(row.filePath)),
    dependencies: `ARRAY[${dependencies.join(", ")}]::text[]`,
    run_id: `${quoteLiteral(recorder.runId)}::uuid`,
    updated_at: "clock_timestamp()",
  };
  return `INSERT INTO ${recorder.names.table} ` +
    `(${Object.keys(columns).join(", ")}) ` +
    `VALUES (${Object.values(columns).join(", ")})`;
}

const MAX_INTEGER = 2 ** 31 - 1;

function isThere({ version }: AppliedVersion, cause: PostgresError) {
  return new HistoryError(
    "already_tracked",
    `Cannot record "${version}" as the tracking table has a row of it already`,
    { hint: 'nothing was changed; see "lockstep status"', cause },
  );
}
