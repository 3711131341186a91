import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";

/**
 * Gives a database the settings of another one and those that the role has
 * there, such as its search_path, which decides where objects are made.
 */
export async function copySettings(
  like: Connection,
  server: Connection,
  database: string,
): Promise<void> {
  const found = rowsOf(
    await like.run(
      "SELECT pg_catalog.split_part(own, '=', 1) AS name, pg_catalog.substr(" +
        "own, pg_catalog.strpos(own, '=') + 1) AS value " +
        "FROM pg_catalog.pg_db_role_setting s " +
        "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase " +
        "CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) own " +
        "WHERE d.datname = pg_catalog.current_database() AND s.setrole IN " +
        "(0, (SELECT r.oid FROM pg_catalog.pg_roles r " +
        "WHERE r.rolname = current_user)) ORDER BY s.setrole",
    ),
  );
  for (const { name = "", value = "" } of found) {
    try {
      await copySetting(server, { database, name, value });
    } catch (error) {
      // One that only a superuser sets, perhaps.
      if (!(error instanceof PostgresError)) throw error;
      await server.run("ROLLBACK");
    }
  }
}

/** The value is not SQL: lists are quoted in another way. */
async function copySetting(
  server: Connection,
  { database, name, value }: {
    readonly database: string;
    readonly name: string;
    readonly value: string;
  },
): Promise<void> {
  await server.run("BEGIN");
  await server.run(
    `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ` +
      `${quoteLiteral(value)}, true)`,
  );
  const setting = name.split(".").map(quoteIdentifier).join(".");
  await server.run(
    `ALTER DATABASE ${quoteIdentifier(database)} SET ${setting} FROM CURRENT`,
  );
  await server.run("COMMIT");
}
