import { ConfigError } from "../../errors.ts";
import { showName } from "../display.ts";
import { findNearest } from "../suggestion.ts";

/** What the parameters of libpq are worth here, by keyword. */
export type ParameterValues = ReadonlyMap<string, string>;

/** One connection parameter of libpq: a row of {@linkcode CONNECTION_PARAMETERS}. */
export interface ConnectionParameter {
  readonly keyword: string;
  /** The environment variable that is read when nothing else sets it. */
  readonly env?: string;
  /** The only values that are accepted, when not any. */
  readonly values?: readonly string[];
  /** Why it cannot be used, whatever its value. */
  readonly refused?: string;
}

/** The words of `sslmode`, from the weakest. */
export const SSL_MODES = [
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
] as const;

/** How TLS starts: asked for first, or at once. */
export const SSL_NEGOTIATIONS = ["postgres", "direct"] as const;

/** The words of `channel_binding`. */
export const CHANNEL_BINDINGS = ["disable", "prefer", "require"] as const;

/** The words of `target_session_attrs`. */
export const SESSION_ATTRIBUTES = [
  "any",
  "read-write",
  "read-only",
  "primary",
  "standby",
  "prefer-standby",
] as const;

/** How a connection is encrypted and the server verified. */
export type SslMode = typeof SSL_MODES[number];

/** When the encryption is tied to the password exchange. */
export type ChannelBinding = typeof CHANNEL_BINDINGS[number];

/** Which servers of a list will do. */
export type SessionAttributes = typeof SESSION_ATTRIBUTES[number];

const REVOCATION = "revocation lists are not supported";
const TLS_OLD = ["TLSv1", "TLSv1.1", "TLSv1.2"];

/**
 * Every connection parameter that lockstep knows, one row each (PostgreSQL
 * documentation, "Parameter Key Words" and "Environment Variables"). One
 * whose wish cannot be met is refused; one that only tunes is accepted.
 */
export const CONNECTION_PARAMETERS: readonly ConnectionParameter[] = [
  { keyword: "host", env: "PGHOST" },
  { keyword: "hostaddr", env: "PGHOSTADDR" },
  { keyword: "port", env: "PGPORT" },
  { keyword: "dbname", env: "PGDATABASE" },
  { keyword: "user", env: "PGUSER" },
  { keyword: "password", env: "PGPASSWORD" },
  { keyword: "passfile", env: "PGPASSFILE" },
  { keyword: "service", env: "PGSERVICE" },
  { keyword: "servicefile", env: "PGSERVICEFILE" },
  { keyword: "application_name", env: "PGAPPNAME" },
  { keyword: "fallback_application_name" },
  { keyword: "options", env: "PGOPTIONS" },
  { keyword: "connect_timeout", env: "PGCONNECT_TIMEOUT" },
  {
    keyword: "target_session_attrs",
    env: "PGTARGETSESSIONATTRS",
    values: SESSION_ATTRIBUTES,
  },
  { keyword: "load_balance_hosts", values: ["disable"] },
  { keyword: "sslmode", env: "PGSSLMODE", values: SSL_MODES },
  {
    keyword: "sslnegotiation",
    env: "PGSSLNEGOTIATION",
    values: SSL_NEGOTIATIONS,
  },
  { keyword: "sslrootcert", env: "PGSSLROOTCERT" },
  { keyword: "sslcert", env: "PGSSLCERT" },
  { keyword: "sslkey", env: "PGSSLKEY" },
  { keyword: "sslpassword" },
  {
    keyword: "sslcertmode",
    env: "PGSSLCERTMODE",
    values: ["disable", "allow"],
  },
  { keyword: "sslcrl", env: "PGSSLCRL", refused: REVOCATION },
  { keyword: "sslcrldir", env: "PGSSLCRLDIR", refused: REVOCATION },
  { keyword: "sslcompression", values: ["0", "1"] },
  { keyword: "sslsni", values: ["1"] },
  {
    keyword: "ssl_min_protocol_version",
    env: "PGSSLMINPROTOCOLVERSION",
    values: TLS_OLD,
  },
  {
    keyword: "ssl_max_protocol_version",
    env: "PGSSLMAXPROTOCOLVERSION",
    values: ["TLSv1.3"],
  },
  {
    keyword: "channel_binding",
    env: "PGCHANNELBINDING",
    values: CHANNEL_BINDINGS,
  },
  {
    keyword: "require_auth",
    env: "PGREQUIREAUTH",
    refused: "authentication methods cannot be chosen",
  },
  {
    keyword: "requirepeer",
    env: "PGREQUIREPEER",
    refused: "the owner of a socket cannot be checked",
  },
  {
    keyword: "gssencmode",
    env: "PGGSSENCMODE",
    values: ["disable", "prefer"],
  },
  { keyword: "krbsrvname", refused: "Kerberos is not supported" },
  { keyword: "gsslib", refused: "Kerberos is not supported" },
  { keyword: "gssdelegation", values: ["0"] },
  { keyword: "keepalives", values: ["0", "1"] },
  { keyword: "keepalives_idle" },
  { keyword: "keepalives_interval" },
  { keyword: "keepalives_count" },
  { keyword: "tcp_user_timeout" },
  {
    keyword: "client_encoding",
    values: ["auto", "utf8", "UTF8", "utf-8", "UTF-8", "unicode", "UNICODE"],
  },
  { keyword: "min_protocol_version", values: ["3.0"] },
  { keyword: "max_protocol_version", values: ["3.0", "3.2", "latest"] },
  { keyword: "replication", values: ["0", "off", "no", "false"] },
];

/** The word of a list that a parameter is set to, if it is set. */
export function findWord<Word extends string>(
  values: ParameterValues,
  keyword: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === values.get(keyword));
}

/** The row of a keyword, if there is one. */
export function findParameter(
  keyword: string,
): ConnectionParameter | undefined {
  return CONNECTION_PARAMETERS.find((row) => row.keyword === keyword);
}

/**
 * Throws if the parameter cannot be honored; `place` says where it was set,
 * such as `the connection URL`.
 */
export function requireParameter(
  keyword: string,
  value: string,
  place: string,
): void {
  const row = findParameter(keyword);
  if (row === undefined) throw unknownParameter(keyword, place);
  if (value === "") return;
  if (row.refused !== undefined) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use "${keyword}" of ${place} as ${row.refused}`,
      { hint: `remove "${keyword}"` },
    );
  }
  if (row.values !== undefined && !row.values.includes(value)) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use ${place} as "${keyword}" has an unsupported value`,
      { hint: `set "${keyword}" to one of: ${row.values.join(", ")}` },
    );
  }
}

function unknownParameter(keyword: string, place: string): ConfigError {
  const near = findNearest(
    keyword,
    CONNECTION_PARAMETERS.map((row) => row.keyword),
  );
  const name = showName(keyword);
  return new ConfigError(
    "invalid_setting",
    `Cannot use ${place} as it has the unknown parameter "${name}"`,
    {
      hint: near === undefined
        ? "remove it; the parameters are those of libpq"
        : `did you mean "${near}"?`,
    },
  );
}
