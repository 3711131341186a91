import { VERSION } from "../../core/version.ts";
import type { ConnectPatience } from "./connect_attempts.ts";
import { connect, type Connection } from "./connection.ts";
import {
  type ConnectionOptions,
  resolveConnectionOptions,
} from "./connection_options.ts";
import { type Environment, libpqEnvironment } from "./libpq_environment.ts";

/** Where connections come from. */
export interface ConnectionSource {
  /** A session like a new one. Throws a ConnectionError if there is none. */
  connect(patience?: ConnectPatience): Promise<Connection>;
  /** What was ignored in the settings, such as an open password file. */
  warnings(): Promise<readonly string[]>;
  /** In which libpq's programs go where one of its connections has gone. */
  libpqEnvironment(connection: Connection): Promise<Environment>;
}

/** Which database, and as whom. */
export interface SourceSettings {
  readonly databaseUrl?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir?: string | undefined;
  readonly userName?: string | undefined;
  readonly connectTimeoutMs?: number | undefined;
}

/** Makes each connection anew; the files that settings name are read once. */
export class DirectSource implements ConnectionSource {
  readonly #settings: SourceSettings;
  #options: Promise<ConnectionOptions> | undefined;

  constructor(settings: SourceSettings) {
    this.#settings = settings;
  }

  async connect(patience?: ConnectPatience): Promise<Connection> {
    return await connect(await this.#resolve(), patience);
  }

  async warnings(): Promise<readonly string[]> {
    return (await this.#resolve()).warnings;
  }

  async libpqEnvironment(connection: Connection): Promise<Environment> {
    const { env } = this.#settings;
    return libpqEnvironment(env, await this.#resolve(), connection);
  }

  #resolve(): Promise<ConnectionOptions> {
    const { databaseUrl, env, homeDir, userName, connectTimeoutMs } =
      this.#settings;
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
