import os from "node:os";
import process from "node:process";
import { parseConnectionString } from "../../core/connection/connection_string.ts";
import {
  type HostEntry,
  parseHostList,
} from "../../core/connection/host_list.ts";
import {
  CHANNEL_BINDINGS,
  type ChannelBinding,
  CONNECTION_PARAMETERS,
  findWord,
  type ParameterValues,
  requireParameter,
  SESSION_ATTRIBUTES,
  type SessionAttributes,
} from "../../core/connection/parameter.ts";
import { findPassword } from "../../core/connection/password_file.ts";
import { ConfigError } from "../../errors.ts";
import { isSocketDirectory } from "./connection_target.ts";
import { readPasswordFile, readSecret, readService } from "./option_files.ts";
import { readTlsOptions, type TlsOptions } from "./tls_options.ts";

/** Where connection options come from. */
export interface ConnectionInput {
  /** A URL or a keyword/value string; what it leaves out comes from below. */
  readonly databaseUrl?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir?: string;
  /** The name of the user of this process, the default of `user`. */
  readonly userName?: string;
  /** Overrides `connect_timeout`; 0 waits as long as the system does. */
  readonly connectTimeoutMs?: number;
  /** What the server is told when nothing else names the application. */
  readonly applicationName: string;
}

/** One server to try, with the password for it. */
export interface HostOptions extends HostEntry {
  /** A function, so that printing options does not show it. */
  readonly password: (() => string) | undefined;
}

/** All that a connection needs to know, with every file already read. */
export interface ConnectionOptions {
  readonly hosts: readonly HostOptions[];
  readonly database: string;
  readonly user: string;
  readonly applicationName: string;
  /** Command-line options for the session, as in `PGOPTIONS`. */
  readonly startupOptions: string | undefined;
  /** For one address; 0 waits as long as the system does. */
  readonly connectTimeoutMs: number;
  /** When a silent connection is probed first; `undefined` is never. */
  readonly keepAliveIdleMs: number | undefined;
  readonly sessionAttributes: SessionAttributes;
  readonly channelBinding: ChannelBinding;
  readonly tls: TlsOptions;
  /**
   * All that is set, by libpq's keywords, for its own programs. A function, so
   * that printing options does not show the password.
   */
  readonly parameters: () => ParameterValues;
  /** What was ignored and should be put right. */
  readonly warnings: readonly string[];
}

const SOCKET_DIRECTORIES = ["/var/run/postgresql", "/tmp"];
const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_IDLE_MS = 30_000;

/**
 * Connection options by libpq's rules: what the string says comes before the
 * service file, the `PG*` variables and the defaults (PostgreSQL
 * documentation, "Parameter Key Words").
 */
export async function resolveConnectionOptions(
  input: ConnectionInput,
): Promise<ConnectionOptions> {
  const home = input.homeDir || input.env.HOME || tryOs(() => os.homedir());
  const values = await readValues(input, home);
  const user = values.get("user") ?? requireUserName(input);
  const database = values.get("dbname") ?? user;
  const entries = parseHostList(values).flatMap(expandDefault);
  const passwords = await findPasswords(entries, { values, home }, {
    database,
    user,
  });
  return {
    hosts: passwords.hosts,
    database,
    user,
    applicationName: values.get("application_name") ??
      values.get("fallback_application_name") ?? input.applicationName,
    startupOptions: values.get("options"),
    connectTimeoutMs: input.connectTimeoutMs ?? readConnectTimeout(values),
    keepAliveIdleMs: readKeepAlive(values),
    sessionAttributes:
      findWord(values, "target_session_attrs", SESSION_ATTRIBUTES) ?? "any",
    channelBinding: findWord(values, "channel_binding", CHANNEL_BINDINGS) ??
      "prefer",
    tls: await readTlsOptions(values, {
      home,
      env: input.env,
      reach: entries.every((entry) => isSocketDirectory(entry.host))
        ? "sockets"
        : "network",
    }),
    parameters: () => values,
    warnings: passwords.warnings,
  };
}

/** Every parameter that something sets, from the source that wins. */
async function readValues(
  input: ConnectionInput,
  home: string | undefined,
): Promise<ParameterValues> {
  const given = input.databaseUrl === undefined
    ? new Map<string, string>()
    : parseConnectionString(input.databaseUrl);
  const values = new Map([
    ...await readService(given, { env: input.env, home }),
    ...given,
  ]);
  for (const { keyword, env } of CONNECTION_PARAMETERS) {
    const value = env === undefined ? undefined : input.env[env];
    if (value === undefined || values.has(keyword)) continue;
    requireParameter(keyword, value, `the environment variable ${env}`);
    values.set(keyword, value);
  }
  if (!given.has("password")) await addSecretFile(values, input.env);
  return new Map([...values].filter(([, value]) => value !== ""));
}

async function addSecretFile(
  values: Map<string, string>,
  env: ConnectionInput["env"],
): Promise<void> {
  const path = env.PGPASSWORD_FILE;
  if (path === undefined || path === "") return;
  if (env.PGPASSWORD !== undefined && env.PGPASSWORD !== "") {
    throw new ConfigError(
      "invalid_setting",
      "Cannot choose a password as PGPASSWORD and PGPASSWORD_FILE are both set",
      { hint: "unset one of them" },
    );
  }
  values.set("password", await readSecret(path, "PGPASSWORD_FILE"));
}

function requireUserName(input: ConnectionInput): string {
  const name = input.userName || tryOs(() => os.userInfo().username) ||
    input.env.USER || input.env.LOGNAME;
  if (name) return name;
  throw new ConfigError(
    "invalid_setting",
    "Cannot choose a database user as the system does not name one",
    { hint: 'set "user" in the database URL, or PGUSER' },
  );
}

/** The system may have no user database, or not allow to look. */
function tryOs(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function expandDefault(entry: HostEntry): readonly HostEntry[] {
  if (entry.host !== "") return [entry];
  const defaults = process.platform === "win32"
    ? ["localhost"]
    : SOCKET_DIRECTORIES;
  return defaults.map((host) => ({ ...entry, host }));
}

async function findPasswords(
  entries: readonly HostEntry[],
  from: { readonly values: ParameterValues; readonly home: string | undefined },
  key: { readonly database: string; readonly user: string },
): Promise<Pick<ConnectionOptions, "hosts" | "warnings">> {
  const given = from.values.get("password");
  if (given !== undefined) {
    const hosts = entries.map((entry) => ({ ...entry, password: () => given }));
    return { hosts, warnings: [] };
  }
  const file = await readPasswordFile(from.values.get("passfile"), from.home);
  const hosts = entries.map((entry) => {
    const found = findPassword(file.text, { ...entry, ...key });
    return {
      ...entry,
      password: found === undefined ? undefined : () => found,
    };
  });
  return { hosts, warnings: file.warnings };
}

function readConnectTimeout(values: ParameterValues): number {
  const seconds = readSeconds(values, "connect_timeout");
  return seconds === undefined ? CONNECT_TIMEOUT_MS : seconds * 1000;
}

function readKeepAlive(values: ParameterValues): number | undefined {
  if (values.get("keepalives") === "0") return undefined;
  const seconds = readSeconds(values, "keepalives_idle");
  return seconds ? seconds * 1000 : KEEPALIVE_IDLE_MS;
}

function readSeconds(
  values: ParameterValues,
  keyword: string,
): number | undefined {
  const text = values.get(keyword);
  if (text === undefined) return undefined;
  if (/^-?\d{1,6}$/.test(text)) return Math.max(Number(text), 0);
  throw new ConfigError(
    "invalid_setting",
    `Cannot use "${keyword}" as it is not a whole number of seconds`,
    { hint: `set "${keyword}" to a number such as 10` },
  );
}
