import type { LiveDatabase, LiveTable } from "../../core/lint/live_tables.ts";
import { type QualifiedName, quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "./connection.ts";
import { rowsOf } from "./history_store.ts";
import { isLockTimeout } from "./postgres_error.ts";
import liveTablesSql from "./sql/read_live_tables.sql" with { type: "text" };
import { fillIn } from "./tracking_sql.ts";

/**
 * What the server knows of the tables of these names, in one round trip;
 * undefined when one of them is locked, so that nobody can say.
 */
export async function readLiveTables(
  connection: Connection,
  names: readonly QualifiedName[],
): Promise<LiveDatabase | undefined> {
  const keys = [...new Set(names.map(keyOf))];
  const wanted = keys.map((key, id) => {
    const [schema, name] = JSON.parse(key);
    return { id, schema, name };
  });
  const sql = fillIn(liveTablesSql, {
    names: quoteLiteral(JSON.stringify(wanted)),
  });
  const rows = await look(connection, sql);
  if (rows === undefined) return undefined;
  const tables = new Map<string, LiveTable>();
  for (const { id, size, estimate, ...row } of rows) {
    tables.set(keys[Number(id)] ?? "", {
      sizeBytes: Number(size),
      ...(estimate !== undefined && { rows: Math.round(Number(estimate)) }),
      writes: Number(row.writes),
      scans: Number(row.scans),
      isPartitioned: row.is_partitioned === "t",
    });
  }
  return {
    serverMajor: Math.floor(connection.serverVersion / 10_000),
    find: (name) => tables.get(keyOf(name)),
  };
}

function keyOf({ schema, name }: QualifiedName): string {
  return JSON.stringify([schema ?? null, name]);
}

/** To ask for the size of a table waits for whoever has locked it. */
async function look(
  connection: Connection,
  sql: string,
): Promise<ReturnType<typeof rowsOf> | undefined> {
  try {
    const answers = await connection.run(
      `BEGIN READ ONLY; SET LOCAL lock_timeout = 1000; ${sql}; COMMIT`,
      { maxRows: Infinity },
    );
    return rowsOf(answers.slice(0, -1));
  } catch (error) {
    await connection.run("ROLLBACK");
    if (isLockTimeout(error)) return undefined;
    throw error;
  }
}
