import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type ArchiveContents,
  countTables,
  findMissingHalf,
  hasTable,
} from "../../core/backup/archive.ts";
import { parseChecksumLine } from "../../core/backup/backup_file.ts";
import type { RestorePreview } from "../../core/backup/backup_report.ts";
import type { PgProgram } from "../../core/backup/pg_program.ts";
import { showName } from "../../core/display.ts";
import type { Finding } from "../../core/finding.ts";
import { UsageError } from "../../errors.ts";
import { type Connection, describeTarget } from "../postgres/connection.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import type { Target } from "../postgres/target.ts";
import { backupError } from "./backup_error.ts";
import { readRecordedChecksums } from "./backup_log.ts";
import { digestFile } from "./file_digest.ts";
import { trackingTableName } from "./kept_objects.ts";
import { requireProgram } from "./pg_programs.ts";
import { readContents } from "./read_contents.ts";

/** A backup that could be restored. */
export interface ExaminedBackup {
  readonly fullPath: string;
  readonly preview: RestorePreview;
  readonly contents: ArchiveContents;
  readonly pgRestore: PgProgram;
  readonly findings: readonly Finding[];
}

/**
 * Looks at a backup: whether it is what was written when it was made, and what
 * it holds.
 *
 * @throws {ExecutionError} If it changed, or pg_restore cannot read it.
 */
export async function examineBackup(
  target: Target,
  connection: Connection,
  path: string,
): Promise<ExaminedBackup> {
  const fullPath = resolve(target.settings.cwd, path);
  const serverMajor = Math.trunc(connection.serverVersion / 10_000);
  const pgRestore = await requireProgram(
    "pg_restore",
    target.settings,
    serverMajor,
  );
  const digest = await digestFile(fullPath, target.signal);
  throwIfStopped(target.signal);
  const { sha256 } = digest;
  const file = { path, fullPath, sha256 };
  const checksum = await compareChecksums(target, connection, file);
  const contents = await readContents(pgRestore, fullPath, {
    env: await target.libpqEnvironment(connection),
    signal: target.signal,
    code: "bad_backup",
    action: `Cannot restore "${showName(path)}"`,
  });
  if (checksum === "unknown") requireWhole(path, contents);
  const { database, createdAt, serverVersion } = contents;
  const preview: RestorePreview = {
    path,
    target: describeTarget(connection.target),
    ...digest,
    checksum,
    database,
    createdAt,
    serverVersion,
    tables: countTables(contents),
  };
  const hasHistory = hasTable(
    contents,
    trackingTableName(target.settings.table),
  );
  const findings = findingsOf(preview, target, { hasHistory });
  return { fullPath, preview, contents, pgRestore, findings };
}

/**
 * Whether the file is what was written, by all that is recorded of it.
 *
 * @throws {ExecutionError} If it is not.
 */
export async function compareChecksums(
  target: Target,
  connection: Connection,
  { path, fullPath, sha256 }: {
    readonly path: string;
    readonly fullPath: string;
    readonly sha256: string;
  },
): Promise<RestorePreview["checksum"]> {
  const known = [
    ...await readRecordedChecksums(connection, target.names, path),
    ...await readChecksumFile(fullPath),
  ];
  requireSame(path, sha256, known);
  return known.length === 0 ? "unknown" : "confirmed";
}

/**
 * Returns if there is such a file.
 *
 * @throws {UsageError} If there is none.
 */
export function requireFile(fullPath: string, path: string): void {
  if (existsSync(fullPath) && statSync(fullPath).isFile()) return;
  throw new UsageError(
    "invalid_argument",
    `Cannot restore "${showName(path)}" as there is no such file`,
    { hint: 'see "lockstep history" for the backups that were made' },
  );
}

async function readChecksumFile(fullPath: string): Promise<readonly string[]> {
  const path = `${fullPath}.sha256`;
  if (!existsSync(path)) return [];
  const checksum = parseChecksumLine(await readFile(path, "utf8"));
  return checksum === undefined ? [] : [checksum];
}

/** Every record of it must agree. */
function requireSame(
  path: string,
  sha256: string,
  known: readonly string[],
): void {
  const other = known.find((checksum) => checksum !== sha256);
  if (other === undefined) return;
  throw backupError(
    "bad_backup",
    `Cannot restore "${showName(path)}" as its SHA-256 is ${sha256}, and was ` +
      `${other} when it was made`,
    { hint: "find an undamaged copy of the file" },
  );
}

/** What lockstep has made is whole, be it of an empty schema. */
function requireWhole(path: string, contents: ArchiveContents): void {
  const missing = findMissingHalf(contents);
  if (missing === undefined) return;
  const [has, lacks] = missing === "rows"
    ? ["tables", "none of their rows"]
    : ["rows", "none of their tables"];
  throw backupError(
    "bad_backup",
    `Cannot restore "${showName(path)}" as it has ${has} and ${lacks}`,
    { hint: "take a dump of both; pg_restore brings back a half of one" },
  );
}

/** What there is to say of a backup before it is restored. */
export function findingsOf(
  { path, checksum }: RestorePreview,
  { settings }: Target,
  { hasHistory }: { readonly hasHistory: boolean },
): readonly Finding[] {
  const name = showName(path);
  const findings: Finding[] = [];
  if (checksum === "unknown") {
    findings.push({
      severity: "warning",
      code: "backup_unknown",
      message: `Nothing says what "${name}" was when it was made: neither ` +
        `the log nor a file "${name}.sha256"`,
    });
  }
  if (!hasHistory) {
    findings.push({
      severity: "warning",
      code: "backup_without_history",
      message: `"${name}" does not hold ${settings.table}: the history stays ` +
        "as it is, and may not fit what is restored",
      hint: 'look at "lockstep status" afterwards',
    });
  }
  return findings;
}
