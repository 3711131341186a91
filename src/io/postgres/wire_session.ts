import { showName } from "../../core/display.ts";
import { parseServerVersion } from "../../core/connection/server_version.ts";
import { ConnectionError, type ServerMessage } from "../../errors.ts";
import type { StatementAnswer } from "./answer_collector.ts";
import { type BackendKey, sendCancelRequest } from "./cancel_request.ts";
import type { Attempt } from "./connect_attempts.ts";
import { ConnectProblem } from "./connect_problem.ts";
import type { Connection, RunOptions } from "./connection.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { type ConnectionTarget, describeTarget } from "./connection_target.ts";
import { CopyDrain, type CopyTaker } from "./copy_drain.ts";
import type { Driver, MessageConfig } from "./driver.ts";
import type { OpenSocket } from "./open_socket.ts";
import { PostgresError, toPostgresError } from "./postgres_error.ts";
import { onlyAnswer, Reply, type ReplyOptions } from "./reply.ts";
import { withTimeLimit } from "./time_limit.ts";
import { watchBinding } from "./wire_guard.ts";

interface Outgoing {
  readonly config: MessageConfig;
  readonly reply: Reply;
}

const MAX_ROWS = 100_000;
const CLOSE_LIMIT_MS = 2_000;
const CANCEL_LIMIT_MS = 10_000;

/** A session over a driver: what is sent, what is awaited, and how it ends. */
export class WireSession implements Connection {
  readonly target: ConnectionTarget;
  readonly address: Connection["address"];
  readonly parameters = new Map<string, string>();
  readonly #options: ConnectionOptions;
  readonly #attempt: Attempt;
  readonly #open: OpenSocket;
  readonly #driver: Driver;
  readonly #ended = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<ConnectionError>();
  readonly #sent: Reply[] = [];
  readonly #waiting: Outgoing[] = [];
  #key: BackendKey = { processId: 0, secretKey: 0 };
  #phase: "open" | "closing" | "gone" = "open";
  /** What the driver or the server said last about the connection. */
  #reason: Error | undefined;
  /** How it ended; what is sent later gets the same answer. */
  #loss: ConnectionError | undefined;

  constructor(
    options: ConnectionOptions,
    attempt: Attempt,
    made: { readonly driver: Driver; readonly open: OpenSocket },
  ) {
    const { host, port } = attempt.host;
    const { database, user } = options;
    this.target = { host, port, database, user };
    this.#options = options;
    this.#attempt = attempt;
    this.address = attempt.address;
    this.#open = made.open;
    this.#driver = made.driver;
    watchBinding(made.driver.wire, options.channelBinding);
    this.#listen();
  }

  get processId(): number {
    return this.#key.processId;
  }

  get serverVersion(): number {
    return parseServerVersion(this.parameters.get("server_version") ?? "");
  }

  get lost(): Promise<ConnectionError> {
    return this.#lost.promise;
  }

  get encrypted(): "yes" | "no" {
    return this.#open.encrypted;
  }

  get unsentBytes(): number {
    return this.#open.socket.writableLength;
  }

  get traffic(): Connection["traffic"] {
    const { bytesRead, bytesWritten } = this.#open.socket;
    const bytes = bytesRead + bytesWritten - this.unsentBytes;
    return { isAwaited: this.#sent.length > 0, bytes };
  }

  /** Logs in. */
  async start(): Promise<void> {
    try {
      await this.#driver.connect();
    } catch (error) {
      throw toPostgresError(error) ?? this.#toProblem(error);
    }
  }

  run(
    sql: string,
    options: RunOptions = {},
  ): Promise<readonly StatementAnswer[]> {
    return this.#send({ text: sql }, {
      maxRows: options.maxRows ?? MAX_ROWS,
      onNotice: options.onNotice,
    });
  }

  runTogether(
    [text = "", ...following]: readonly string[],
    options: RunOptions = {},
  ): Promise<readonly StatementAnswer[]> {
    return this.#send({ text, following, values: [], queryMode: "extended" }, {
      maxRows: options.maxRows ?? MAX_ROWS,
      onNotice: options.onNotice,
    });
  }

  query(
    sql: string,
    params: readonly (string | number | boolean | undefined)[],
    options: RunOptions = {},
  ): Promise<StatementAnswer> {
    return onlyAnswer(this.#send({
      text: sql,
      values: params,
      queryMode: "extended",
    }, {
      maxRows: options.maxRows ?? MAX_ROWS,
      onNotice: options.onNotice,
    }));
  }

  copyIn(
    sql: string,
    data: AsyncIterable<Uint8Array>,
  ): Promise<StatementAnswer> {
    return onlyAnswer(
      this.#send({ text: sql }, { maxRows: 0, copyData: data }),
    );
  }

  copyOut(sql: string, take: CopyTaker): Promise<StatementAnswer> {
    const copyDrain = new CopyDrain(take, () => this.cancel());
    return onlyAnswer(this.#send({ text: sql }, { maxRows: 0, copyDrain }));
  }

  async cancel(): Promise<void> {
    const limit = {
      timeoutMs: CANCEL_LIMIT_MS,
      signal: undefined,
      reason: () => new ConnectProblem("timeout"),
    };
    try {
      await withTimeLimit(
        limit,
        (signal) =>
          sendCancelRequest(this.#key, this.#attempt.address, {
            ...this.#options,
            encryption: this.#open.encrypted === "yes" ? "required" : "none",
            signal,
          }),
      );
    } catch (cause) {
      throw new ConnectionError(
        "cannot_connect",
        `Cannot cancel what runs in ${describeTarget(this.target)} ` +
          `as the server did not take the request: ${describeError(cause)}`,
        { cause },
      );
    }
  }

  onNotice(listener: (notice: ServerMessage) => void): void {
    this.#driver.onNotice(listener);
  }

  abandon(reason: Error): void {
    if (this.#phase === "open") this.#break(reason);
  }

  async close(): Promise<void> {
    if (this.#phase === "open") {
      this.#phase = "closing";
      this.#driver.end();
    }
    const timer = setTimeout(
      () => this.#open.socket.destroy(),
      CLOSE_LIMIT_MS,
    );
    await this.#ended.promise;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The TLS of Deno 2.7 verifies the server only when it is spoken to. */
  #toProblem(error: unknown): unknown {
    if (error instanceof ConnectProblem) return error;
    if (this.#open.encrypted === "yes" && !this.#driver.wire.hasSpoken) {
      return new ConnectProblem("tls_failed", error);
    }
    // the driver's own words for an end without a reason have no code
    const isEnd = error instanceof Error && !("code" in error) &&
      error.message.startsWith("Connection terminated");
    return isEnd ? new ConnectProblem("closed", error) : error;
  }

  #listen(): void {
    const { wire } = this.#driver;
    wire.on("parameterStatus", (message) => {
      this.parameters.set(message.parameterName, message.parameterValue);
    });
    wire.on("backendKeyData", (message) => {
      this.#key = {
        processId: message.processID,
        secretKey: message.secretKey,
      };
    });
    wire.on("readyForQuery", () => {
      this.#sent.shift()?.finish();
      this.#flush();
    });
    // Those of a message come before the server is ready for the next.
    this.#driver.onNotice((notice) => this.#sent[0]?.notice(notice));
    wire.once("end", () => this.#end());
    this.#driver.onError((error) => this.#break(error));
  }

  #send(
    config: MessageConfig,
    options: ReplyOptions,
  ): Promise<readonly StatementAnswer[]> {
    const reply = new Reply(options);
    if (this.#phase === "open") {
      this.#waiting.push({ config, reply });
      this.#flush();
    } else {
      reply.abandon(this.#loss ?? this.#lostError());
    }
    return reply.answers;
  }

  /** Nothing may be sent behind a COPY until the server has ended it. */
  #flush(): void {
    while (this.#sent.at(-1)?.copyData === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#sent.push(next.reply);
      this.#driver.send(next.config, next.reply);
    }
  }

  /** The connection is of no more use; `end` follows. */
  #break(error: Error): void {
    this.#reason ??= toPostgresError(error) ?? error;
    this.#open.socket.destroy();
  }

  #end(): void {
    const error = this.#lostError();
    this.#loss = error;
    const isUnexpected = this.#phase === "open";
    this.#phase = "gone";
    for (const reply of this.#sent.splice(0)) reply.abandon(error);
    for (const { reply } of this.#waiting.splice(0)) reply.abandon(error);
    if (isUnexpected) this.#lost.resolve(error);
    this.#ended.resolve();
  }

  #lostError(): ConnectionError {
    const target = describeTarget(this.target);
    if (this.#phase === "closing") {
      return new ConnectionError(
        "connection_lost",
        `Cannot go on as the connection to ${target} is closed`,
      );
    }
    // A server that ends a session says so in place of an answer.
    const reason = this.#sent[0]?.refusal ?? this.#reason;
    const said = reason instanceof PostgresError ? reason.fields : undefined;
    return new ConnectionError(
      "connection_lost",
      `Cannot go on as the connection to ${target} was lost` +
        (reason === undefined ? "" : `: ${showName(reason.message)}`),
      {
        hint: "check the server and the network, and run it again",
        server: said,
        cause: reason,
      },
    );
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
