import { CONNECTION_PARAMETERS } from "../../core/connection/parameter.ts";
import { ConfigError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionOptions } from "./connection_options.ts";

/** Variables of an environment; what is undefined is not in it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment in which a program of libpq connects to the very server that
 * a connection has ended up at, as the same user to the same database. The
 * password is nowhere else. `NAME` of the environment that is not libpq's stays.
 *
 * @throws {ConfigError} If something is set that libpq reads from no variable.
 */
export function libpqEnvironment(
  env: Environment,
  options: ConnectionOptions,
  { target, address }: Pick<Connection, "target" | "address">,
): Environment {
  const values = options.parameters();
  if (values.has("sslpassword")) throw noVariable();
  const host = options.hosts.find((one) =>
    one.host === target.host && one.port === target.port
  );
  const timeout = Math.ceil(options.connectTimeoutMs / 1000);
  return {
    ...withoutLibpq(env),
    ...Object.fromEntries(
      CONNECTION_PARAMETERS
        .filter(({ keyword }) => !CHOSEN.has(keyword))
        .map((
          parameter,
        ) => [parameter.env ?? "", values.get(parameter.keyword)])
        .filter(([variable]) => variable !== ""),
    ),
    PGHOST: target.host,
    PGHOSTADDR: address.ip,
    PGPORT: String(target.port),
    PGDATABASE: target.database,
    PGUSER: target.user,
    PGPASSWORD: host?.password?.(),
    PGAPPNAME: options.applicationName,
    PGCONNECT_TIMEOUT: String(timeout),
    // Our own connection has none either.
    PGGSSENCMODE: "disable",
    // Its messages are shown, and some of them understood.
    LC_ALL: "C",
  };
}

/** What is settled by the connection, or of no use to a single attempt. */
const CHOSEN: ReadonlySet<string> = new Set([
  "client_encoding",
  "service",
  "servicefile",
  "target_session_attrs",
]);

function withoutLibpq(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^PG[A-Z]/.test(name)),
  );
}

function noVariable(): ConfigError {
  return new ConfigError(
    "invalid_setting",
    "Cannot run the programs of PostgreSQL as sslpassword is set, which they " +
      "take from no variable",
    {
      hint: "name with sslkey a key that only its owner may read and that is " +
        "not encrypted",
    },
  );
}
