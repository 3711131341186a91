import { showName } from "../../../core/display.ts";
import { PostgresError } from "../../postgres/postgres_error.ts";
import { backupError, type BackupErrorCode } from "../backup_error.ts";

/** What failed, such as `Cannot make a backup`, and its code. */
export interface CopyFailureWords {
  readonly code: BackupErrorCode;
  readonly action: string;
}

/** What the server or the disk refused, as an error of a backup. */
export function copyFailure(
  error: unknown,
  { code, action }: CopyFailureWords,
): unknown {
  if (error instanceof PostgresError) {
    const { fields } = error;
    const hint = SERVER_HINTS[fields.sqlstate] ??
      SERVER_HINTS[fields.sqlstate.slice(0, 2)];
    return backupError(
      code,
      `${action} as the server refused: ${showName(fields.message)}`,
      { server: fields, cause: error, ...(hint !== undefined && { hint }) },
    );
  }
  const reason = error instanceof Error && "code" in error
    ? DISK_REASONS[String(error.code)]
    : undefined;
  if (reason === undefined) return error;
  return backupError(code, `${action} as ${reason}`, {
    hint: "free some space, or name another folder with --backup-dir",
    cause: error,
  });
}

const RIGHTS =
  "it needs the rights on everything in the backup: do it as the " +
  "owner or as a superuser";

/** By SQLSTATE, or by its class. */
const SERVER_HINTS: Readonly<Record<string, string>> = {
  "2BP01": "something that was made since the backup stands in the way: drop " +
    "it, or restore into another database with --into",
  "42501": RIGHTS,
  "42704": "create the role or the other object first",
  "55P03": "another session has locked a table; try again later",
};

const DISK_REASONS: Readonly<Record<string, string>> = {
  EDQUOT: "the quota is used up",
  EFBIG: "the file would be too large",
  EIO: "the disk has an error",
  ENOSPC: "the disk is full",
};
