import { hostname } from "node:os";
import { type LockKeys, lockKeys } from "../../core/lock.ts";
import type { RunEvent } from "../../core/outcome.ts";
import type { RunHooks, RunSettings } from "../../core/run_settings.ts";
import { VERSION } from "../../core/version.ts";
import { ConnectionError } from "../../errors.ts";
import type { RoundFailure } from "./connect_attempts.ts";
import { type Connection, describeTarget } from "./connection.ts";
import type { ConnectionSource } from "./direct_source.ts";
import type { Environment } from "./libpq_environment.ts";
import type { Recorder } from "./record_sql.ts";
import { throwIfStopped } from "./stop.ts";
import { type TrackingNames, trackingNames } from "./tracking_sql.ts";

/** A database to migrate, with the settings of the run. */
export class Target {
  readonly settings: RunSettings;
  readonly names: TrackingNames;
  readonly lock: LockKeys;
  readonly signal: AbortSignal | undefined;
  readonly #source: ConnectionSource;
  readonly #hooks: RunHooks;

  constructor(
    source: ConnectionSource,
    settings: RunSettings,
    hooks: RunHooks,
  ) {
    this.#source = source;
    this.settings = settings;
    this.names = trackingNames(settings.table);
    this.lock = lockKeys(settings.lockKey, this.names.table);
    this.signal = hooks.signal;
    this.#hooks = hooks;
  }

  /** Tells the caller what happens; one that throws does not stop the run. */
  readonly onEvent = (event: RunEvent): void => {
    try {
      this.#hooks.onEvent?.(event);
    } catch {
      // It only listens: a run must not end half-way because of it.
    }
  };

  /** A new connection; the first of a run may wait for the server. */
  async connect(): Promise<Connection> {
    const { waitMs } = this.settings;
    try {
      return await this.#source.connect({
        ...(waitMs > 0 && { waitMs }),
        onWait: this.#onWait,
        ...(this.signal !== undefined && { signal: this.signal }),
      });
    } catch (error) {
      throwIfStopped(this.signal);
      throw error;
    }
  }

  /** A new connection, also when the run was told to stop meanwhile. */
  readonly reconnect = async (): Promise<Connection> => {
    return await this.#source.connect({
      waitMs: RECONNECT_MS,
      onWait: this.#onWait,
    });
  };

  /** What was ignored in the connection's settings, such as an open pgpass. */
  async connectionWarnings(): Promise<readonly string[]> {
    return await this.#source.warnings();
  }

  /** In which libpq's programs go where a connection has gone. */
  async libpqEnvironment(connection: Connection): Promise<Environment> {
    return await this.#source.libpqEnvironment(connection);
  }

  /** The records of a new run. */
  recorder(): Recorder {
    return {
      names: this.names,
      lock: this.lock,
      runId: crypto.randomUUID(),
      client: `${this.settings.userName ?? "unknown"}@${hostName()}`,
      toolVersion: VERSION,
    };
  }

  readonly #onWait = (failure: RoundFailure): void => {
    this.onEvent({ type: "server_waiting", ...failure });
  };
}

/** Refuses to write where nothing can be written. */
export function requireWritable(connection: Connection): void {
  const { parameters, target } = connection;
  const action = `Cannot write to ${describeTarget(target)}`;
  if (parameters.get("in_hot_standby") === "on") {
    throw new ConnectionError(
      "read_only_server",
      `${action} as the server is a standby`,
      {
        hint: "connect to the primary, for example with several hosts and " +
          "target_session_attrs=read-write",
      },
    );
  }
  if (parameters.get("default_transaction_read_only") === "on") {
    throw new ConnectionError(
      "read_only_server",
      `${action} as default_transaction_read_only is on`,
      { hint: "set it to off for the database or the role" },
    );
  }
}

const RECONNECT_MS = 30_000;

function hostName(): string {
  try {
    return hostname();
  } catch {
    // An empty root, or a runtime without the permission to ask.
    return "unknown";
  }
}
