import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import {
  folderIn,
  kindOfTestDatabase,
  requireTestDatabase,
} from "../../core/testing/test_database_name.ts";
import type {
  DroppedTestDatabase,
  ListedTestDatabase,
} from "../../core/testing/test_database_report.ts";
import type { Connection } from "../postgres/connection.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import { dropDatabase } from "./template_database.ts";

/** The databases on a server that lockstep has made for tests. */
export async function listTestDatabases(
  server: Connection,
): Promise<readonly ListedTestDatabase[]> {
  const [answer] = await server.run(
    "SELECT d.datname, pg_catalog.shobj_description(d.oid, 'pg_database'), " +
      "(SELECT pg_catalog.count(*) FROM " +
      "pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid) " +
      "FROM pg_catalog.pg_database AS d " +
      "WHERE d.datname LIKE 'lockstep\\_te%' ORDER BY d.datname",
  );
  return (answer?.rows ?? []).flatMap(([name = "", comment, sessions]) => {
    const kind = kindOfTestDatabase(name);
    if (kind === undefined) return [];
    const folder = folderIn(kind, comment);
    return [{
      name,
      kind,
      ...(folder !== undefined && { folder }),
      sessions: Number(sessions),
    }];
  });
}

/**
 * Drops one, with the sessions that are in it.
 *
 * @throws {UsageError} If lockstep did not make such a database.
 */
export async function dropTestDatabase(
  server: Connection,
  database: string,
): Promise<DroppedTestDatabase> {
  const name = requireTestDatabase(database);
  const [found] = await server.run(
    "SELECT datistemplate FROM pg_catalog.pg_database " +
      `WHERE datname = ${quoteLiteral(name)}`,
  );
  const isTemplate = found?.rows[0]?.[0];
  if (isTemplate === undefined) return { name, status: "not_there" };
  if (isTemplate === "t") {
    await server.run(
      `ALTER DATABASE ${quoteIdentifier(name)} WITH IS_TEMPLATE false`,
    );
  }
  await dropDatabase(server, name);
  return { name, status: "dropped" };
}

/** Drops all of a folder that nobody is in; its template stays. */
export async function dropUnused(
  server: Connection,
  folder: string,
): Promise<readonly DroppedTestDatabase[]> {
  const dropped: DroppedTestDatabase[] = [];
  for (const one of await listTestDatabases(server)) {
    if (one.kind !== "test" || one.folder !== folder) continue;
    dropped.push(await dropIfUnused(server, one.name));
  }
  return dropped;
}

async function dropIfUnused(
  server: Connection,
  name: string,
): Promise<DroppedTestDatabase> {
  try {
    await server.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`);
    return { name, status: "dropped" };
  } catch (error) {
    const isUsed = error instanceof PostgresError &&
      error.fields.sqlstate === OBJECT_IN_USE;
    if (!isUsed) throw error;
    return { name, status: "in_use" };
  }
}

const OBJECT_IN_USE = "55006";
