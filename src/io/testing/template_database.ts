import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import { commentOf } from "../../core/testing/test_database_name.ts";
import type { Connection } from "../postgres/connection.ts";
import { PostgresError } from "../postgres/postgres_error.ts";

/** A database with all migrations applied, of which copies are made. */
export interface Template {
  readonly name: string;
  /** The folder of the migrations; older templates of it are dropped. */
  readonly folder: string;
  /** Fills the new database of that name. */
  readonly fill: (database: string) => Promise<void>;
}

/**
 * Copies the template, which the first of all processes makes. The connection
 * is to another database of the server, always the same one.
 */
export async function copyTemplate(
  server: Connection,
  template: Template,
  copy: string,
): Promise<void> {
  while (!await tryCopy(server, template, copy)) {
    await underLock(server, "exclusive", async () => {
      if (!await isReady(server, template.name)) await make(server, template);
    });
  }
}

/** Drops a database, with the sessions that are still in it. */
export async function dropDatabase(
  server: Connection,
  name: string,
): Promise<void> {
  await server.run(
    `DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`,
  );
}

/** False when there is no such template; nobody drops it meanwhile. */
async function tryCopy(
  server: Connection,
  { name, folder }: Template,
  copy: string,
): Promise<boolean> {
  return await underLock(server, "shared", async () => {
    if (!await isReady(server, name)) return false;
    const database = quoteIdentifier(copy);
    await server.run(
      `CREATE DATABASE ${database} TEMPLATE ${quoteIdentifier(name)}`,
    );
    const comment = quoteLiteral(commentOf("test", folder));
    await server.run(`COMMENT ON DATABASE ${database} IS ${comment}`);
    return true;
  });
}

async function make(
  server: Connection,
  { name, folder, fill }: Template,
): Promise<void> {
  const database = quoteIdentifier(name);
  const comment = quoteLiteral(commentOf("template", folder));
  // What a process left behind that was killed.
  await dropDatabase(server, name);
  await server.run(`CREATE DATABASE ${database}`);
  try {
    await fill(name);
  } catch (error) {
    await dropDatabase(server, name);
    throw error;
  }
  await server.run(`COMMENT ON DATABASE ${database} IS ${comment}`);
  await dropOlder(server, name, comment);
  // Without sessions it can be copied at any time.
  await server.run(
    `ALTER DATABASE ${database} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`,
  );
}

async function isReady(server: Connection, name: string): Promise<boolean> {
  const [answer] = await server.run(
    "SELECT FROM pg_catalog.pg_database WHERE datistemplate AND " +
      `NOT datallowconn AND datname = ${quoteLiteral(name)}`,
  );
  return (answer?.rows.length ?? 0) > 0;
}

async function dropOlder(
  server: Connection,
  name: string,
  comment: string,
): Promise<void> {
  const [answer] = await server.run(
    "SELECT datname FROM pg_catalog.pg_database WHERE " +
      `datname LIKE 'lockstep\\_template\\_%' AND ` +
      `datname <> ${quoteLiteral(name)} AND ` +
      `pg_catalog.shobj_description(oid, 'pg_database') = ${comment}`,
  );
  for (const [older] of answer?.rows ?? []) {
    if (older === undefined) continue;
    try {
      await server.run(
        `ALTER DATABASE ${quoteIdentifier(older)} WITH IS_TEMPLATE false`,
      );
      await dropDatabase(server, older);
    } catch (error) {
      // Of another role, perhaps; it only takes some space.
      if (!(error instanceof PostgresError)) throw error;
    }
  }
}

async function underLock<Result>(
  server: Connection,
  mode: "shared" | "exclusive",
  work: () => Promise<Result>,
): Promise<Result> {
  const suffix = mode === "shared" ? "_shared" : "";
  const key = "pg_catalog.hashtextextended('lockstep templates', 0)";
  await server.run(`SELECT pg_catalog.pg_advisory_lock${suffix}(${key})`);
  try {
    return await work();
  } finally {
    await server.run(`SELECT pg_catalog.pg_advisory_unlock${suffix}(${key})`);
  }
}
