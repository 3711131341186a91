// @ts-types="@types/pg"
import pg from "pg";
import type { Socket } from "node:net";
import type { ConnectionError, ServerMessage } from "../../errors.ts";
import type { StatementAnswer } from "./answer_collector.ts";
import {
  type Attempt,
  type ConnectPatience,
  connectToFirst,
} from "./connect_attempts.ts";
import { ConnectProblem } from "./connect_problem.ts";
import type { ConnectionOptions, HostOptions } from "./connection_options.ts";
import { type ConnectionTarget, describeTarget } from "./connection_target.ts";
import type { CopyTaker } from "./copy_drain.ts";
import { feedCopy, toBuffer } from "./copy_feed.ts";
import type { Driver, MessageConfig } from "./driver.ts";
import { openAsEncrypted } from "./encryption.ts";
import { type Address, type Encryption, openSocket } from "./open_socket.ts";
import { toPostgresError, toServerMessage } from "./postgres_error.ts";
import type { Reply } from "./reply.ts";
import { requireSession } from "./session_check.ts";
import { canBind, useOpenSocket, type Wire } from "./wire_guard.ts";
import { WireSession } from "./wire_session.ts";

export { type ConnectionTarget, describeTarget, type StatementAnswer };

/** What may be asked of one message. */
export interface RunOptions {
  /** How many rows of each statement are kept; the others are dropped. */
  readonly maxRows?: number;
  /** Told of the notices and warnings of this message. */
  /** Also told how many statements of the message were done before. */
  readonly onNotice?: (notice: ServerMessage, done: number) => void;
}

/** One session of a PostgreSQL server. */
export interface Connection extends AsyncDisposable {
  readonly target: ConnectionTarget;
  /** Which of the addresses of its host it has. */
  readonly address: Address;
  /** The server's process, or what a pooler says it is. */
  readonly processId: number;
  /** Such as 180004 for 18.4. */
  readonly serverVersion: number;
  /** What the server reports by itself, always up to date. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Settles with the reason when it is gone and nobody closed it. */
  readonly lost: Promise<ConnectionError>;
  readonly encrypted: "yes" | "no";
  /** Bytes that the system has not taken yet. */
  readonly unsentBytes: number;
  /** Whether an answer is awaited, and how many bytes have come and gone. */
  readonly traffic: { readonly isAwaited: boolean; readonly bytes: number };
  /**
   * Sends any number of statements as one simple query, and resolves with an
   * answer for each. It may be called again without waiting.
   *
   * @throws {PostgresError} If the server refuses a statement.
   * @throws {ConnectionError} If the connection is lost.
   */
  run(sql: string, options?: RunOptions): Promise<readonly StatementAnswer[]>;
  /**
   * Sends statements that run one after the other up to the first that fails.
   * None is in a transaction block, so each may be of a kind that refuses one;
   * but what is not committed by itself is committed with the last of them, and
   * the server goes on to the end when the client has gone. Throws as `run()`.
   */
  runTogether(
    statements: readonly string[],
    options?: RunOptions,
  ): Promise<readonly StatementAnswer[]>;
  /** Sends one statement with parameters as text. Throws as `run()`. */
  query(
    sql: string,
    params: readonly (string | number | boolean | undefined)[],
    options?: RunOptions,
  ): Promise<StatementAnswer>;
  /**
   * Sends `COPY … FROM STDIN` and its data; what is run meanwhile waits.
   * Throws as `run()`, or what reading the data throws.
   */
  copyIn(
    sql: string,
    data: AsyncIterable<Uint8Array>,
  ): Promise<StatementAnswer>;
  /**
   * Sends `COPY … TO STDOUT` and hands on its data in chunks. Throws as
   * `run()`, or what the taker throws.
   */
  copyOut(sql: string, take: CopyTaker): Promise<StatementAnswer>;
  /**
   * Asks the server to stop what runs now; resolves when it has taken the
   * request, which may come too late.
   */
  cancel(): Promise<void>;
  onNotice(listener: (notice: ServerMessage) => void): void;
  /** Takes the connection as lost, for a reason that the loss then has. */
  abandon(reason: Error): void;
  /** Ends the session within two seconds; never throws. */
  close(): Promise<void>;
}

/**
 * Connects to the first server of the list that will do.
 *
 * @throws {ConnectionError} If none does; the message says why.
 */
export function connect(
  options: ConnectionOptions,
  patience: ConnectPatience = {},
): Promise<Connection> {
  return connectToFirst(options, patience, async (attempt) => {
    const open = openConnection.bind(undefined, options, attempt);
    const { mode } = options.tls;
    const connection = await openAsEncrypted(mode, attempt.signal, open);
    try {
      await requireSession(connection, attempt.wanted);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
}

/**
 * A value as the driver gives it: numbers that fit, booleans, dates, JSON and
 * arrays; what a number would spoil, such as a bigint, stays text.
 */
export function decodeValue(text: string, type: number): unknown {
  return pg.types.getTypeParser(type, "text")(text);
}

async function openConnection(
  options: ConnectionOptions,
  attempt: Attempt,
  encryption: Encryption,
): Promise<Connection> {
  const { signal } = attempt;
  const open = await openSocket(attempt.address, {
    ...options,
    encryption,
    signal,
  });
  const driver = makeDriver(options, attempt.host, open.socket);
  const connection = new WireSession(options, attempt, { driver, open });
  const stop = () => open.socket.destroy();
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) throw signal.reason;
    await connection.start();
    return connection;
  } catch (error) {
    stop();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function makeDriver(
  options: ConnectionOptions,
  host: HostOptions,
  socket: Socket,
): Driver {
  const wire = new pg.Connection({
    stream: () => socket,
  }) as unknown as Wire;
  useOpenSocket(wire);
  const client = makeClient(wire, options, host);
  return {
    wire,
    connect: () => client.connect(),
    end: () => client.end(),
    send: (config, reply) =>
      client.query(
        config.following === undefined
          ? new WireQuery(config, reply)
          : new WireQueries(config, reply),
      ),
    onError: (listener) => client.on("error", listener),
    onNotice: (listener) =>
      client.on("notice", (notice) => listener(toServerMessage(notice))),
  };
}

/** Whatever is left out here the driver would take from `PG*` variables. */
function makeClient(
  wire: Wire,
  options: ConnectionOptions,
  host: HostOptions,
): pg.Client {
  const { database, user, applicationName, startupOptions } = options;
  const config = {
    connection: wire,
    host: host.host,
    port: host.port,
    database,
    user,
    password: () => requirePassword(host),
    ssl: false,
    sslnegotiation: "postgres",
    pipeline: true,
    enableChannelBinding: options.channelBinding !== "disable" &&
      canBind(wire.stream),
  };
  const client = new pg.Client(config as pg.ClientConfig);
  const startup = {
    user,
    database,
    application_name: applicationName,
    ...(startupOptions === undefined ? {} : { options: startupOptions }),
  };
  return Object.assign(client, { getStartupConf: () => startup });
}

function requirePassword(host: HostOptions): string {
  if (host.password === undefined) throw new ConnectProblem("password_missing");
  return host.password();
}

/** The driver's query, which hands on all that comes back. */
class WireQuery extends pg.Query {
  readonly #reply: Reply;

  constructor(config: MessageConfig, reply: Reply) {
    super(config as pg.QueryConfig);
    this.#reply = reply;
  }

  handleRowDescription(message: { fields: pg.FieldDef[] }): void {
    this.#reply.collector.startRows(
      message.fields.map(({ name }) => name),
      message.fields.map(({ dataTypeID }) => dataTypeID),
    );
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#reply.collector.addRow(message.fields);
  }

  handleCommandComplete(message: { text: string }): void {
    this.#reply.collector.finish(message.text);
  }

  handleEmptyQuery(): void {}

  /** The session sees it by itself, after a refusal too. */
  handleReadyForQuery(): void {}

  /** What is no refusal is the end of the connection, which the session sees. */
  handleError(error: Error): void {
    const refusal = toPostgresError(error);
    if (refusal !== undefined) this.#reply.refuse(refusal);
  }

  handleCopyData({ chunk }: { chunk: Uint8Array }, wire: Wire): void {
    this.#reply.copyDrain?.push(chunk, wire.stream);
  }

  handleCopyInResponse(wire: Wire): void {
    const reply = this.#reply;
    if (reply.copyData === undefined) {
      wire.sendCopyFail("there is no data for it");
      return;
    }
    feedCopy(reply.copyData, {
      socket: wire.stream,
      send: (chunk) => wire.sendCopyFromChunk(toBuffer(chunk)),
      finish: () => wire.endCopyFrom(),
      isOver: () => reply.isOver,
    }).catch((error) => {
      reply.failCopy(error);
      if (!reply.isOver) wire.sendCopyFail(String(error));
    });
  }
}

/**
 * Statements of the extended protocol with one Sync behind them all
 * (PostgreSQL documentation, "Pipelining").
 */
class WireQueries extends WireQuery {
  readonly #texts: readonly string[];

  constructor(config: MessageConfig, reply: Reply) {
    super(config, reply);
    this.#texts = [config.text, ...config.following ?? []];
  }

  prepare(wire: Wire): void {
    for (const text of this.#texts) {
      wire.parse({ text });
      wire.bind({ portal: "" });
      wire.describe({ type: "P" });
      wire.execute({ portal: "" });
    }
    wire.sync();
  }
}
