import {
  type ErrorDetails,
  ExecutionError,
  type ExecutionErrorCode,
} from "../../errors.ts";

/** The codes of what goes wrong with a backup. */
export type BackupErrorCode =
  & ExecutionErrorCode
  & ("backup_failed" | "bad_backup" | "restore_failed" | "dump_failed");

/** A backup that could not be made or restored; the database is as it was. */
export function backupError(
  code: BackupErrorCode,
  message: string,
  details: ErrorDetails = {},
): ExecutionError {
  return new ExecutionError(code, message, { ...details, remains: "nothing" });
}
