import type { Finding } from "../../core/finding.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import { ExecutionError, LockstepError } from "../../errors.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import { dropDatabase } from "../testing/template_database.ts";

/** A new name of a database that a rehearsal drops at its end. */
export async function throwawayName(server: Connection): Promise<string> {
  const [row] = rowsOf(
    await server.run(
      "SELECT pg_catalog.date_part('epoch', pg_catalog.now())::bigint AS now",
    ),
  );
  const unique = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
  return `${PREFIX}${row?.now ?? "0"}_${unique}`;
}

/**
 * Makes an empty database with the encoding and the locale of the one that the
 * connection is to.
 *
 * @throws {ExecutionError} If the role may not.
 */
export async function createThrowaway(
  server: Connection,
  name: string,
): Promise<void> {
  const [row] = rowsOf(
    await server.run(
      "SELECT pg_catalog.to_jsonb(d) || pg_catalog.jsonb_build_object(" +
        "'encoding', pg_catalog.pg_encoding_to_char(d.encoding)) AS like_it " +
        "FROM pg_catalog.pg_database d " +
        "WHERE d.datname = pg_catalog.current_database()",
    ),
  );
  const options = localeOptions(JSON.parse(row?.like_it ?? "{}"));
  try {
    await server.run(
      `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0${options}`,
    );
  } catch (error) {
    throw error instanceof PostgresError ? refused(error) : error;
  }
}

/** Drops it; what kept it from that, if something did. */
export async function dropThrowaway(
  server: Connection,
  reconnect: () => Promise<Connection>,
  name: string,
): Promise<readonly Finding[]> {
  try {
    await dropDatabase(server, name);
    return [];
  } catch {
    // Its connection may be gone by now; the server may be there all the same.
  }
  try {
    await using again = await reconnect();
    await dropDatabase(again, name);
    return [];
  } catch (error) {
    const isKnown = error instanceof LockstepError ||
      error instanceof PostgresError;
    if (!isKnown) throw error;
    return [{
      severity: "warning",
      code: "database_left",
      message: `The throwaway database "${name}" is still there: ` +
        error.message,
      hint: `DROP DATABASE ${quoteIdentifier(name)}`,
    }];
  }
}

/** Drops what rehearsals have left behind that were killed. */
export async function dropLeftOver(server: Connection): Promise<void> {
  const found = rowsOf(
    await server.run(
      "SELECT d.datname FROM pg_catalog.pg_database d WHERE " +
        `d.datname ~ ${quoteLiteral(`^${PREFIX}[0-9]+_[0-9a-f]{12}$`)} AND ` +
        "pg_catalog.split_part(d.datname, '_', 3)::bigint < " +
        "pg_catalog.date_part('epoch', pg_catalog.now()) - 3600 AND " +
        "NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a " +
        "WHERE a.datid = d.oid)",
    ),
  );
  for (const { datname = "" } of found) {
    try {
      await server.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(datname)}`);
    } catch (error) {
      // Of another role, perhaps, or in use by now.
      if (!(error instanceof PostgresError)) throw error;
    }
  }
}

const PREFIX = "lockstep_rehearsal_";

/** A row of pg_database; its names of columns change with the version. */
interface DatabaseRow {
  readonly encoding?: string;
  readonly datcollate?: string;
  readonly datctype?: string;
  readonly datlocprovider?: string;
  readonly datlocale?: string | null;
  readonly daticulocale?: string | null;
}

function localeOptions(row: DatabaseRow): string {
  const { encoding, datcollate, datctype, datlocprovider } = row;
  const locale = row.datlocale ?? row.daticulocale ?? undefined;
  const [provider, keyword] = datlocprovider === "i"
    ? ["icu", "ICU_LOCALE"]
    : datlocprovider === "b"
    ? ["builtin", "BUILTIN_LOCALE"]
    : [];
  const options: readonly (readonly [string, string | undefined])[] = [
    ["ENCODING", encoding],
    ["LC_COLLATE", datcollate],
    ["LC_CTYPE", datctype],
    ["LOCALE_PROVIDER", provider],
    [keyword ?? "", keyword === undefined ? undefined : locale],
  ];
  return options.filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => ` ${name} ${quoteLiteral(value)}`).join("");
}

function refused(error: PostgresError): ExecutionError {
  const { fields } = error;
  return new ExecutionError(
    "statement_failed",
    `Cannot make a throwaway database as the server refused: ${fields.message}`,
    {
      remains: "nothing",
      hint: "name a server with --on where the role may create databases",
      server: fields,
      cause: error,
    },
  );
}
