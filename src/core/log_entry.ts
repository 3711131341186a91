import type { Direction } from "./plan/plan.ts";

/** What a row of the log is about. */
export type LogDirection =
  | Direction
  | "repair"
  | "backup"
  | "restore"
  | "adopt"
  | "baseline"
  | "drift";

/**
 * A row of the log: one attempt to apply a version or to roll it back, one
 * change that a repair has made, a backup that was made or restored, a version
 * that was recorded without being run, or a schema that was accepted.
 */
export interface LogEntry {
  /** Grows from row to row. */
  readonly id: number;
  readonly runId: string;
  readonly version: string;
  readonly name: string;
  readonly direction: LogDirection;
  /**
   * `applied`, `rolled_back`, `failed`, `partial`, `adopted`, `baselined`, `accepted`, what
   * a repair did, or of backups `backup`, `restoring`, `restored` or
   * `restore_failed`.
   */
  readonly outcome: string;
  /** ISO 8601, by the server's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  /** Statements sent to the server. */
  readonly statements: number;
  /** Of the script, as SHA-256 in hex. */
  readonly checksum: string;
  readonly path: string;
  /** Why it was rolled back or repaired, or how it came to be applied. */
  readonly reason?: string;
  readonly error?: string;
  readonly sqlstate?: string;
  /** The role that logged in. */
  readonly databaseUser: string;
  /** Absent for a unix socket. */
  readonly clientAddress?: string;
  /** The operating system's user and host, such as `deploy@app-1`. */
  readonly client: string;
  readonly toolVersion: string;
}

/** Values of a row's columns as the server writes them, by name. */
export type LogRow = Readonly<Record<string, string | undefined>>;

/** Reads a row of the log. */
export function parseLogRow(row: LogRow): LogEntry {
  return {
    id: Number(row.id),
    runId: row.run_id ?? "",
    version: row.version ?? "",
    name: row.name ?? "",
    direction: parseDirection(row.direction),
    outcome: row.outcome ?? "",
    startedAt: row.started_at ?? "",
    finishedAt: row.finished_at ?? "",
    durationMs: Number(row.duration_ms ?? 0),
    statements: Number(row.statements ?? 0),
    checksum: row.checksum ?? "",
    path: row.file_path ?? "",
    ...(row.reason !== undefined && { reason: row.reason }),
    ...(row.error !== undefined && { error: row.error }),
    ...(row.error_sqlstate !== undefined && { sqlstate: row.error_sqlstate }),
    databaseUser: row.database_user ?? "",
    ...(row.client_address !== undefined && {
      clientAddress: row.client_address,
    }),
    client: row.client ?? "",
    toolVersion: row.tool_version ?? "",
  };
}

const DIRECTIONS: Readonly<Record<LogDirection, LogDirection>> = {
  migrate: "migrate",
  rollback: "rollback",
  repair: "repair",
  backup: "backup",
  restore: "restore",
  adopt: "adopt",
  baseline: "baseline",
  drift: "drift",
};

function parseDirection(text: string | undefined): LogDirection {
  const known = Object.values(DIRECTIONS);
  return known.find((direction) => direction === text) ?? "migrate";
}
