// @ts-types="@types/pg"
import pg from "pg";
import { serverUrl } from "./database.ts";

/** What a query finds, on a connection of its own. */
export async function rowsOf(
  url: string,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The databases that hold the migrations of a project for later tests. */
export async function templatesOf(dir: string): Promise<readonly unknown[]> {
  const rows = await rowsOf(
    serverUrl(),
    "SELECT datname FROM pg_database WHERE shobj_description(oid, " +
      `'pg_database') = 'lockstep template of ${dir}/migrations'`,
  );
  return rows.map(({ datname }) => datname);
}

/** Drops them. */
export async function dropTemplates(dir: string): Promise<void> {
  for (const name of await templatesOf(dir)) {
    await rowsOf(serverUrl(), `ALTER DATABASE ${name} IS_TEMPLATE false`);
    await rowsOf(serverUrl(), `DROP DATABASE ${name}`);
  }
}
