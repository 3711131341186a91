import type { BackupFile } from "../../../src/core/backup/backup_file.ts";
import type {
  BackupReport,
  RestoreReport,
  RunBackup,
} from "../../../src/core/backup/backup_report.ts";
import type { BackupDecision } from "../../../src/core/backup/backup_decision.ts";
import type { Report } from "../../../src/core/report.ts";
import { ExecutionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

const SHA256 =
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** A backup that was made. */
export const BACKUP: BackupReport = {
  kind: "backup",
  success: true,
  target: 'database "app" on localhost:5432',
  runId: "0192ab34",
  path: "backups/app_20261122T180400Z_0192ab34.dump",
  sha256: SHA256,
  sizeBytes: 1_300_000,
  method: "pg_dump",
  pgDumpVersion: "18.4",
  restoreCommand: "lockstep restore backups/app_20261122T180400Z_0192ab34.dump",
  warnings: [],
};

/** A backup that was restored. */
export const RESTORED: RestoreReport = {
  kind: "restore",
  success: true,
  status: "done",
  target: 'database "app" on localhost:5432',
  runId: "0192ab35",
  path: "backups/app_20261122T180400Z_0192ab34.dump",
  sha256: SHA256,
  sizeBytes: 1_300_000,
  checksum: "confirmed",
  database: "app",
  createdAt: "2026-11-22 18:04:00 UTC",
  serverVersion: "18.4",
  tables: 12,
  warnings: [],
};

/** The file of one. */
export const BACKUP_FILE: BackupFile = {
  path: "backups/app.dump",
  sha256: SHA256,
  sizeBytes: 312,
  method: "pg_dump",
  pgDumpVersion: "18.4",
  restoreCommand: "lockstep restore backups/app.dump",
};

/** A backup that a run has made. */
export const RUN_BACKUP: RunBackup = {
  ...BACKUP_FILE,
  reason: "--backup is always",
};

/** A backup that a run would make. */
export const BACKUP_DECISION: BackupDecision = {
  decision: "made",
  reason: `DROP TABLE ${EVIL} (migrations/002_a.sql:9) destroys data of a`,
  causes: [{
    version: "002",
    path: "migrations/002_a.sql",
    line: 9,
    statement: `DROP TABLE ${EVIL}`,
    lost: ["a", EVIL],
  }],
};

/** Reports of `backup` and `restore`. */
export const BACKUP_REPORTS: readonly Report[] = [
  BACKUP,
  { ...BACKUP, path: EVIL, restoreCommand: EVIL, warnings: [WARNING] },
  {
    kind: "backup",
    success: false,
    warnings: [],
    error: new ExecutionError("backup_failed", "Cannot make a backup", {
      remains: "nothing",
    }),
  },
  RESTORED,
  { ...RESTORED, status: "declined" },
  {
    ...RESTORED,
    status: "proposed",
    checksum: "unknown",
    path: EVIL,
    database: EVIL,
    createdAt: EVIL,
    serverVersion: EVIL,
  },
  {
    kind: "restore",
    success: false,
    warnings: [],
    error: new ExecutionError("bad_backup", "Cannot restore", {
      remains: "nothing",
    }),
  },
];
