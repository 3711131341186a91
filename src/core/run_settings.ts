import type { BackupMethod } from "./backup/backup_file.ts";
import type { BackupMode } from "./backup/weigh_losses.ts";
import type { FailOn } from "./lint/fail_on.ts";
import type { RunEvent } from "./outcome.ts";
import type { Variables } from "./sql/variables.ts";

/** What a run works with, resolved from flags, environment and defaults. */
export interface RunSettings {
  /** A URL or a keyword/value string; what it leaves out comes from `env`. */
  readonly databaseUrl?: string;
  /** In place of `databaseUrl` where a pooler is in the way of a run. */
  readonly directUrl?: string;
  /** Environment variables, for libpq's `PG*`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The folder of the migration files, from `cwd`. */
  readonly migrationsDir: string;
  /** Such as `public.schema_migrations`. */
  readonly table: string;
  /** The first number of the advisory lock. */
  readonly lockKey: number;
  /** How long to wait for another run; 0 leaves at once. */
  readonly lockTimeoutMs: number;
  /** How long a statement in a transaction waits for a lock; 0 without end. */
  readonly statementLockTimeoutMs: number;
  /** How long one of an executed dry run waits; absent for 3 s. */
  readonly dryRunLockTimeoutMs?: number;
  /** How long a migration that locks kept out is tried again; 0 not at all. */
  readonly lockRetryMs: number;
  /** How long a statement may run; absent for what the server says. */
  readonly statementTimeoutMs?: number;
  /** Absent for what the connection string says, else 10 s. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for a server that is not up yet. */
  readonly waitMs: number;
  /** Patterns of files that are no migrations. */
  readonly ignore: readonly string[];
  /** Whether a pending file may be older than an applied one. */
  readonly order: "strict" | "any";
  readonly maxStatementBytes: number;
  /** Whether a run makes a backup first. */
  readonly backup: BackupMode;
  /** Whether a run stores the schema as it has left it. */
  readonly snapshot: "auto" | "never";
  /** Which findings of lint stop a run; none when absent. */
  readonly failOn?: FailOn;
  /** How a backup is made. */
  readonly backupMethod: BackupMethod;
  /** The folder of the backups, from `cwd`. */
  readonly backupDir: string;
  /** The `pg_dump` to use, from `cwd`; without it one is looked for. */
  readonly pgDump?: string;
  /** What `:name` stands for in scripts, which stay as they are without any. */
  readonly variables?: Variables;
  readonly homeDir?: string;
  readonly userName?: string;
}

/** How a run tells of its work and is stopped. */
export interface RunHooks {
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborted with the reason "SIGINT", "SIGTERM" or "SIGHUP". */
  readonly signal?: AbortSignal;
}
