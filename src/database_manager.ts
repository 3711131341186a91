import process from "node:process";
import { ExecutionError, LockstepError } from "./errors.ts";
import type { ConnectPatience } from "./io/postgres/connect_attempts.ts";
import {
  type Connection,
  decodeValue,
  describeTarget,
} from "./io/postgres/connection.ts";
import {
  ConnectionPool,
  type PoolCounts,
} from "./io/postgres/connection_pool.ts";
import { DirectSource } from "./io/postgres/direct_source.ts";
import type { Environment } from "./io/postgres/libpq_environment.ts";

/** Which database, and how many connections to it. */
export interface DatabaseOptions {
  /**
   * A URL or a keyword/value string. What it leaves out, or all, comes from
   * `DATABASE_URL` and the `PG*` variables of `env`, as for psql.
   */
  readonly databaseUrl?: string;
  /** The environment of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the password file is looked for. */
  readonly homeDir?: string;
  /** The default of the database user. */
  readonly userName?: string;
  /** Milliseconds; absent for what the connection string says, else 10 s. */
  readonly connectTimeoutMs?: number;
  /** 10 unless given. A run of migrations takes two. */
  readonly maxConnections?: number;
  /** How long an unused connection is kept; 30,000 unless given. */
  readonly idleTimeoutMs?: number;
}

/** A value that a query is given for `$1`, `$2` and so on. */
export type Parameter = string | number | boolean | undefined;

/** What a query found. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows found or changed; 0 for a command that has none. */
  readonly rowCount: number;
}

/** Something that queries can be sent to. */
export interface Queryable {
  /**
   * Runs one statement. Its values come as numbers, booleans, dates, JSON and
   * arrays where these hold them without loss, else as text; NULL as null.
   */
  query<Row = Record<string, unknown>>(
    sql: string,
    parameters?: readonly Parameter[],
  ): Promise<QueryResult<Row>>;
}

/** How a database and the connections to it are. */
export interface DatabaseHealth {
  readonly isHealthy: boolean;
  /** Milliseconds for a question and its answer. */
  readonly latencyMs?: number;
  /** Such as 180004 for 18.4. */
  readonly serverVersion?: number;
  readonly connections: PoolCounts;
  /** Why it is not healthy. */
  readonly error?: LockstepError;
}

/** The database of an application, with the connections that it shares. */
export class DatabaseManager implements Queryable, AsyncDisposable {
  static #instance: DatabaseManager | undefined;
  /** What it was made with. */
  readonly options: DatabaseOptions;
  readonly #source: DirectSource;
  readonly #pool: ConnectionPool;

  constructor(options: DatabaseOptions = {}) {
    const { env = process.env } = options;
    const databaseUrl = options.databaseUrl ?? env["DATABASE_URL"];
    this.options = options;
    this.#source = new DirectSource({ ...options, env, databaseUrl });
    this.#pool = new ConnectionPool({
      open: (patience) => this.#source.connect(patience),
      maxConnections: options.maxConnections ?? 10,
      idleTimeoutMs: options.idleTimeoutMs ?? 30_000,
    });
  }

  /**
   * The one that the whole process shares, made by the first call; options of
   * later calls are not looked at. After its `close()` there will be a new one.
   */
  static getInstance(options?: DatabaseOptions): DatabaseManager {
    DatabaseManager.#instance ??= new DatabaseManager(options);
    return DatabaseManager.#instance;
  }

  /** Runs one statement on any connection. */
  async query<Row = Record<string, unknown>>(
    sql: string,
    parameters: readonly Parameter[] = [],
  ): Promise<QueryResult<Row>> {
    await using connection = await this.#pool.lend();
    return await ask(connection, sql, parameters);
  }

  /** Does the work in a transaction, which is undone when it throws. */
  async transaction<Result>(
    work: (session: Queryable) => Promise<Result>,
  ): Promise<Result> {
    await using connection = await this.#pool.lend();
    await connection.run("BEGIN");
    const result = await work({
      query: (sql, parameters = []) => ask(connection, sql, parameters),
    });
    const [answer] = await connection.run("COMMIT");
    if (answer?.command === "COMMIT") return result;
    throw new ExecutionError(
      "statement_failed",
      "Cannot commit as a statement of the transaction has failed",
      {
        remains: "nothing",
        hint: "let the error of the statement end the work",
      },
    );
  }

  /** Asks the server something; never throws because of the database. */
  async healthCheck(): Promise<DatabaseHealth> {
    try {
      await using connection = await this.#pool.lend();
      const start = performance.now();
      await connection.run("SELECT 1");
      return {
        isHealthy: true,
        latencyMs: performance.now() - start,
        serverVersion: connection.serverVersion,
        connections: this.#pool.counts,
      };
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      return { isHealthy: false, connections: this.#pool.counts, error };
    }
  }

  /** Where it is, without a password. */
  async describe(): Promise<string> {
    await using connection = await this.#pool.lend();
    return describeTarget(connection.target);
  }

  /** A session of its own, given back by its `close()`. */
  async connect(patience?: ConnectPatience): Promise<Connection> {
    return await this.#pool.lend(patience);
  }

  /** What was ignored in the settings, such as a password file that all may read. */
  async warnings(): Promise<readonly string[]> {
    return await this.#source.warnings();
  }

  /**
   * The environment in which `pg_dump` and other programs of libpq go where a
   * connection has gone; it holds the password.
   */
  async libpqEnvironment(connection: Connection): Promise<Environment> {
    return await this.#source.libpqEnvironment(connection);
  }

  /** Closes all connections, those in use when they are given back. */
  async close(): Promise<void> {
    if (DatabaseManager.#instance === this) {
      DatabaseManager.#instance = undefined;
    }
    await this.#pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function ask<Row>(
  connection: Connection,
  sql: string,
  parameters: readonly Parameter[],
): Promise<QueryResult<Row>> {
  const answer = await connection.query(sql, parameters, {
    maxRows: Infinity,
  });
  const rows = answer.rows.map((values) =>
    Object.fromEntries(
      answer.fields.map((name, index) => [
        name,
        decode(values[index], answer.types[index] ?? 0),
      ]),
    ) as Row
  );
  return { rows, rowCount: answer.rowCount ?? rows.length };
}

function decode(text: string | undefined, type: number): unknown {
  return text === undefined ? null : decodeValue(text, type);
}
