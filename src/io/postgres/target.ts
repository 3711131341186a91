import { hostname } from "node:os";
import { type LockKeys, lockKeys } from "../../core/lock.ts";
import type { RunEvent } from "../../core/outcome.ts";
import type { RunHooks, RunSettings } from "../../core/run_settings.ts";
import { VERSION } from "../../core/version.ts";
import { ConnectionError } from "../../errors.ts";
import type { RoundFailure } from "./connect_attempts.ts";
import { connect, type Connection, describeTarget } from "./connection.ts";
import {
  type ConnectionOptions,
  resolveConnectionOptions,
} from "./connection_options.ts";
import type { Recorder } from "./record_sql.ts";
import { throwIfStopped } from "./stop.ts";
import { type TrackingNames, trackingNames } from "./tracking_sql.ts";

/** A database to migrate, with the settings of the run. */
export class Target {
  readonly settings: RunSettings;
  readonly names: TrackingNames;
  readonly lock: LockKeys;
  readonly signal: AbortSignal | undefined;
  readonly #hooks: RunHooks;
  #options: Promise<ConnectionOptions> | undefined;

  constructor(settings: RunSettings, hooks: RunHooks) {
    this.settings = settings;
    this.names = trackingNames(settings.table);
    this.lock = lockKeys(settings.lockKey, this.names.table);
    this.signal = hooks.signal;
    this.#hooks = hooks;
  }

  /** Tells the caller what happens; one that throws does not stop the run. */
  readonly onEvent = (event: RunEvent): void => {
    this.#hooks.onEvent?.(event);
  };

  /** A new connection; the first of a run may wait for the server. */
  async connect(): Promise<Connection> {
    const { waitMs } = this.settings;
    try {
      return await connect(await this.#resolve(), {
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
    return await connect(await this.#resolve(), {
      waitMs: RECONNECT_MS,
      onWait: this.#onWait,
    });
  };

  /** What was ignored in the connection's settings, such as an open pgpass. */
  async connectionWarnings(): Promise<readonly string[]> {
    return (await this.#resolve()).warnings;
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

  #resolve(): Promise<ConnectionOptions> {
    const { databaseUrl, env, homeDir, userName, connectTimeoutMs } =
      this.settings;
    this.#options ??= resolveConnectionOptions({
      env,
      applicationName: `lockstep/${VERSION}`,
      ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
      ...(databaseUrl !== undefined && { databaseUrl }),
      ...(homeDir !== undefined && { homeDir }),
      ...(userName !== undefined && { userName }),
    });
    return this.#options;
  }
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
