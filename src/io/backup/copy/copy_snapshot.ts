import type { CopyManifest } from "../../../core/backup/copy_manifest.ts";
import { VALUE_SETTINGS } from "../../../core/backup/copy_scripts.ts";
import { showName } from "../../../core/display.ts";
import type { Connection } from "../../postgres/connection.ts";
import { PostgresError } from "../../postgres/postgres_error.ts";
import { beginSql } from "../../postgres/session.ts";
import { backupError } from "../backup_error.ts";
import {
  type CopySource,
  type CopyWish,
  readCopySource,
} from "./read_copy_source.ts";

/** A database at one moment, with its tables locked against changes. */
export interface CopySnapshot extends
  Pick<
    CopyManifest,
    "database" | "serverVersion" | "createdAt" | "encoding" | "scope"
  > {
  readonly source: CopySource;
}

/**
 * Works in a transaction that sees one moment. The tables are locked before
 * that, so that none is altered between its definition and its rows.
 */
export async function withSnapshot(
  connection: Connection,
  { wish, lockWaitMs, ...first }: SourceReading & {
    /** As it was before. */
    readonly planned: CopySource;
  },
  work: (snapshot: CopySnapshot) => Promise<void>,
): Promise<void> {
  const reading = { wish, lockWaitMs };
  let { planned } = first;
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await connection.run(beginText(connection, lockWaitMs));
      const locked = await lock(connection, planned);
      const source = await readRequired(connection, wish);
      if (
        locked !== "gone" && source.tables.every(({ name }) => locked.has(name))
      ) {
        return await work(await describe(connection, { source, wish }));
      }
      await connection.run("ROLLBACK");
      planned = await requireSource(connection, reading);
    }
  } finally {
    // Nothing was written, and a lost connection has no transaction.
    await connection.run("ROLLBACK").catch(() => {});
  }
  throw backupError(
    "backup_failed",
    "Cannot make a backup as others create tables all the time",
    { hint: "try again when they have come to an end" },
  );
}

const MAX_ATTEMPTS = 5;

function beginText(
  { serverVersion }: Connection,
  lockWaitMs: number,
): string {
  return [
    `${beginSql(serverVersion, "ISOLATION LEVEL REPEATABLE READ READ ONLY")};`,
    // 0 would wait without end.
    `SET LOCAL lock_timeout = ${Math.max(lockWaitMs, 1)};`,
    "SET LOCAL statement_timeout = 0;",
    ...VALUE_SETTINGS,
  ].join(" ");
}

/** What is read of a database that others change. */
export interface SourceReading {
  readonly wish: CopyWish;
  /** To say what an index is waits for whoever has locked its table. */
  readonly lockWaitMs: number;
}

/**
 * What a backup will be.
 *
 * @throws {ExecutionError} If it could not bring back something.
 */
export async function requireSource(
  connection: Connection,
  { wish, lockWaitMs }: SourceReading,
): Promise<CopySource> {
  try {
    await connection.run(beginText(connection, lockWaitMs));
    return await readRequired(connection, wish);
  } finally {
    // A lost connection has no transaction.
    await connection.run("ROLLBACK").catch(() => {});
  }
}

async function readRequired(
  connection: Connection,
  wish: CopyWish,
): Promise<CopySource> {
  const source = await readCopySource(connection, wish);
  const [unknown] = source.unknown;
  if (unknown !== undefined) {
    throw backupError(
      "backup_failed",
      `Cannot make a backup as there is no schema "${showName(unknown)}"`,
    );
  }
  if (source.obstacles.length === 0) return source;
  const shown = source.obstacles.slice(0, MAX_OBSTACLES).map(showName);
  const rest = source.obstacles.length - shown.length;
  throw backupError(
    "backup_failed",
    "Cannot make a backup with COPY as it could not bring back: " +
      `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`,
    {
      hint: "make it with --backup-method pg_dump, and as a role that may " +
        "read everything",
    },
  );
}

const MAX_OBSTACLES = 10;

/** `gone` when one of them is not there any more. */
async function lock(
  connection: Connection,
  { tables }: CopySource,
): Promise<ReadonlySet<string> | "gone"> {
  if (tables.length === 0) return new Set();
  const names = tables.map(({ name }) => name);
  const list = names.map((name) => `ONLY ${name}`).join(", ");
  try {
    await connection.run(`LOCK TABLE ${list} IN ACCESS SHARE MODE`);
    return new Set(names);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (!GONE.has(error.fields.sqlstate)) throw error;
    await connection.run("ROLLBACK");
    return "gone";
  }
}

/** A table, or its schema. */
const GONE: ReadonlySet<string> = new Set(["42P01", "3F000"]);

async function describe(
  connection: Connection,
  { source, wish }: { readonly source: CopySource; readonly wish: CopyWish },
): Promise<CopySnapshot> {
  const [answer] = await connection.run(
    "SELECT pg_catalog.current_database(), " +
      "pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.now()), " +
      "'YYYY-MM-DD HH24:MI:SS') || ' UTC', " +
      "pg_catalog.current_setting('server_encoding')",
  );
  const [database = "", createdAt = "", encoding = ""] = answer?.rows[0] ?? [];
  const version = connection.parameters.get("server_version") ?? "";
  return {
    source,
    database,
    createdAt,
    encoding,
    serverVersion: version.split(" ")[0] ?? "",
    scope: wish.kind === "database" ? "database" : "part",
  };
}
