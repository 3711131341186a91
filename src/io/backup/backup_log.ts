import { basename } from "node:path";
import type { BackupFile } from "../../core/backup/backup_file.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "../postgres/connection.ts";
import { historyError } from "../postgres/history_rights.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import {
  logSql,
  type LogSubject,
  type Recorder,
} from "../postgres/record_sql.ts";
import { beginSql, RECORD_LOCK_TIMEOUT } from "../postgres/session.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";

/** What the log says of a backup. */
export interface BackupRecord {
  readonly outcome: "backup" | "restoring" | "restored" | "restore_failed";
  readonly file: Pick<BackupFile, "path" | "sha256" | "sizeBytes">;
  /** What there is to know besides the size. */
  readonly note?: string | undefined;
  readonly error?: string | undefined;
  /** How long it took. */
  readonly durationMs: number;
}

/** Whether the log is there to be written to. */
export type Recorded = "recorded" | "no_log";

/** Adds a row about a backup to the log. */
export async function recordBackup(
  connection: Connection,
  recorder: Recorder,
  record: BackupRecord,
): Promise<Recorded> {
  const { outcome, file, note, error, durationMs } = record;
  const row = logSql(recorder, subjectOf(record), {
    outcome,
    startedAt: `clock_timestamp() - ` +
      `${Math.round(durationMs)} * interval '1 millisecond'`,
    statements: 0,
    reason: [`${file.sizeBytes} bytes`, ...(note === undefined ? [] : [note])]
      .join("; "),
    error,
  });
  const begin = beginSql(connection.serverVersion, "");
  try {
    await connection.run(`${begin}; ${RECORD_LOCK_TIMEOUT}; ${row}; COMMIT`);
    return "recorded";
  } catch (failure) {
    if (!(failure instanceof PostgresError)) throw failure;
    await connection.run("ROLLBACK");
    if (failure.fields.sqlstate === UNDEFINED_TABLE) return "no_log";
    throw await historyError(connection, recorder.names, failure);
  }
}

/**
 * The checksums that the log has for a file of this name; none, too, when the
 * log is not there.
 */
export async function readRecordedChecksums(
  connection: Connection,
  names: TrackingNames,
  path: string,
): Promise<readonly string[]> {
  const name = basename(path);
  try {
    const answers = await connection.run(
      `SELECT DISTINCT checksum FROM ${names.log} WHERE outcome = 'backup' ` +
        `AND name = ${quoteLiteral(shortName(name))}`,
    );
    return rowsOf(answers).map(({ checksum = "" }) => checksum);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (error.fields.sqlstate === UNDEFINED_TABLE) return [];
    throw await historyError(connection, names, error);
  }
}

const UNDEFINED_TABLE = "42P01";

function subjectOf({ outcome, file }: BackupRecord): LogSubject {
  return {
    direction: outcome === "backup" ? "backup" : "restore",
    // It is about no version, and the column wants one.
    version: "-",
    name: shortName(basename(file.path)),
    checksum: file.sha256,
    filePath: file.path,
  };
}

/** The column has 255 characters. */
function shortName(name: string): string {
  return [...name].slice(-255).join("");
}
