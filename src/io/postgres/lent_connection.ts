import type { ConnectionError, ServerMessage } from "../../errors.ts";
import type {
  Connection,
  ConnectionTarget,
  RunOptions,
  StatementAnswer,
} from "./connection.ts";
import type { CopyTaker } from "./copy_drain.ts";

/** A connection of a pool; closing it gives it back, once. */
export class LentConnection implements Connection {
  readonly #connection: Connection;
  readonly #giveBack: () => Promise<void>;
  #returned: Promise<void> | undefined;

  constructor(connection: Connection, giveBack: () => Promise<void>) {
    this.#connection = connection;
    this.#giveBack = giveBack;
  }

  get target(): ConnectionTarget {
    return this.#connection.target;
  }

  get encrypted(): "yes" | "no" {
    return this.#connection.encrypted;
  }

  get address(): Connection["address"] {
    return this.#connection.address;
  }

  get processId(): number {
    return this.#connection.processId;
  }

  get serverVersion(): number {
    return this.#connection.serverVersion;
  }

  get parameters(): ReadonlyMap<string, string> {
    return this.#connection.parameters;
  }

  get lost(): Promise<ConnectionError> {
    return this.#connection.lost;
  }

  get unsentBytes(): number {
    return this.#connection.unsentBytes;
  }

  get traffic(): Connection["traffic"] {
    return this.#connection.traffic;
  }

  run(
    sql: string,
    options?: RunOptions,
  ): Promise<readonly StatementAnswer[]> {
    return this.#connection.run(sql, options);
  }

  runTogether(
    statements: readonly string[],
    options?: RunOptions,
  ): Promise<readonly StatementAnswer[]> {
    return this.#connection.runTogether(statements, options);
  }

  query(
    sql: string,
    params: readonly (string | number | boolean | undefined)[],
    options?: RunOptions,
  ): Promise<StatementAnswer> {
    return this.#connection.query(sql, params, options);
  }

  copyIn(
    sql: string,
    data: AsyncIterable<Uint8Array>,
  ): Promise<StatementAnswer> {
    return this.#connection.copyIn(sql, data);
  }

  copyOut(sql: string, take: CopyTaker): Promise<StatementAnswer> {
    return this.#connection.copyOut(sql, take);
  }

  cancel(): Promise<void> {
    return this.#connection.cancel();
  }

  onNotice(listener: (notice: ServerMessage) => void): void {
    this.#connection.onNotice(listener);
  }

  abandon(reason: Error): void {
    this.#connection.abandon(reason);
  }

  async close(): Promise<void> {
    this.#returned ??= this.#giveBack();
    await this.#returned;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
