/** Who makes a backup: pg_dump, or lockstep itself with COPY. */
export type BackupMethod = "pg_dump" | "copy";

/** A backup that was made. */
export interface BackupFile {
  /** As one would type it in the working directory. */
  readonly path: string;
  /** Of the file, in hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly method: BackupMethod;
  /** The pg_dump that made it, such as `18.4`. */
  readonly pgDumpVersion?: string;
  /** The command that brings it back. */
  readonly restoreCommand: string;
}

/** What the name of a backup is made of. */
export interface BackupName {
  readonly database: string;
  readonly time: Date;
  /** A UUID. */
  readonly runId: string;
  readonly method: BackupMethod;
}

/**
 * The name of a backup, such as `shop_20261122T180400Z_0192ab34.dump`, with the
 * first eight digits of the run id.
 */
export function backupName(
  { database, time, runId, method }: BackupName,
): string {
  const safe = database.replace(/[^A-Za-z0-9.-]+/g, "_").slice(0, 63);
  // A name that starts with a dot is hidden, one with a dash looks like a flag.
  const start = /^[.-]/.test(safe) || safe === "" ? `_${safe}` : safe;
  const moment = time.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return `${start}_${moment}_${runId.slice(0, 8)}.${
    method === "copy" ? "tar" : "dump"
  }`;
}

/** The command line that restores a backup, to be copied into a shell. */
export function restoreCommand(path: string): string {
  return `lockstep restore ${quoteForShell(path)}`;
}

/** The line that a file of checksums has for a backup, as of sha256sum. */
export function checksumLine(sha256: string, name: string): string {
  return `${sha256}  ${name}\n`;
}

/** The checksum in such a file. */
export function parseChecksumLine(text: string): string | undefined {
  return /^([0-9a-f]{64})[ *]/i.exec(text)?.[1]?.toLowerCase();
}

function quoteForShell(text: string): string {
  if (/^[\w./@%+=:,][\w./@%+=:,-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
