import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { BackupFile } from "./backup_file.ts";

/** What `backup` answers. */
export interface BackupReport extends Partial<BackupFile> {
  readonly kind: "backup";
  readonly success: boolean;
  /** What was backed up, without a password. */
  readonly target?: string;
  readonly runId?: string;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** A backup that a run has made before it changed anything. */
export interface RunBackup extends BackupFile {
  /** Half a sentence, such as `--backup is always`. */
  readonly reason: string;
}

/** What is known of a backup that is to be restored. */
export interface RestorePreview {
  readonly path: string;
  /** Where it is to be restored, without a password. */
  readonly target: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Whether the checksum of the time when it was made is at hand. */
  readonly checksum: "confirmed" | "unknown";
  /** The database that it was made of. */
  readonly database: string;
  /** When it was made, as pg_dump or the server writes it. */
  readonly createdAt: string;
  /** Of the server that it was made of, such as `18.4`. */
  readonly serverVersion: string;
  readonly tables: number;
}

/** What `restore` answers. */
export interface RestoreReport extends Partial<RestorePreview> {
  readonly kind: "restore";
  readonly success: boolean;
  /** Absent when it failed. */
  readonly status?: "done" | "proposed" | "declined";
  readonly runId?: string;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
