// @ts-types="@types/pg"
import pg from "pg";

/** A row as the driver gives it. */
export type TestRow = Record<string, unknown>;

/** A database of one test. */
export interface TestDatabase {
  readonly name: string;
  /** Names this database and the superuser of the server. */
  readonly url: string;
  /** Runs SQL on a connection that all calls share; the rows of a statement. */
  query(sql: string, values?: readonly unknown[]): Promise<TestRow[]>;
  /** A further connection, closed when the test ends. */
  connect(): Promise<pg.Client>;
}

/** What may be chosen about a test's database. */
export interface DatabaseOptions {
  /** What follows `CREATE DATABASE name`, such as `TEMPLATE template0`. */
  readonly createOptions?: string;
  /** The URL of another server than the one under test. */
  readonly server?: string;
}

/**
 * Runs a test on a database of its own, on the server that
 * LOCKSTEP_TEST_DATABASE_URL names unless told. The database goes when the test passes;
 * when it fails the database stays, and its URL is printed.
 */
export async function withDatabase(
  test: (db: TestDatabase) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const { createOptions = "", server = serverUrl() } = options;
  await onServer(server, `CREATE DATABASE ${name} ${createOptions}`);
  const url = urlOfDatabase(server, name);
  const clients = new ClientSet(url);
  try {
    await test(testDatabase(name, url, clients));
  } catch (error) {
    console.error(`The database of the failed test is kept: ${url}`);
    throw error;
  } finally {
    await clients.close();
  }
  await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** The URL of the server under test, as given in LOCKSTEP_TEST_DATABASE_URL. */
export function serverUrl(): string {
  const url = Deno.env.get("LOCKSTEP_TEST_DATABASE_URL");
  if (url) return url;
  throw new Error(
    "Cannot test as LOCKSTEP_TEST_DATABASE_URL is not set: " +
      'run "scripts/deno task test", or this under scripts/postgres.ts',
  );
}

function testDatabase(
  name: string,
  url: string,
  clients: ClientSet,
): TestDatabase {
  return {
    name,
    url,
    async query(sql, values) {
      const client = await clients.shared();
      const { rows } = await client.query<TestRow>(sql, values?.slice());
      return rows;
    },
    connect: () => clients.open(),
  };
}

/** The connections of one test; a broken one ends no process. */
class ClientSet {
  readonly #url: string;
  readonly #clients: pg.Client[] = [];
  #shared: Promise<pg.Client> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** A new one when the server has ended the last. */
  shared(): Promise<pg.Client> {
    this.#shared ??= this.open().then((client) => {
      client.on("end", () => this.#shared = undefined);
      return client;
    });
    return this.#shared;
  }

  async open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on("error", () => {});
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#clients.map((client) => client.end()));
  }
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOfDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
