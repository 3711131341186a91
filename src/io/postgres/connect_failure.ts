import type { ServerMessage } from "../../errors.ts";
import { showName } from "../../core/display.ts";
import { ConnectProblem, type ConnectProblemKind } from "./connect_problem.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { isSocketDirectory } from "./connection_target.ts";
import { PostgresError } from "./postgres_error.ts";
import { describeTlsFailure } from "./tls_failure.ts";

/** Why one attempt came to nothing, and what may still be tried. */
export interface ConnectFailure {
  /** What follows "as", such as `the connection was refused`. */
  readonly state: string;
  readonly hint?: string;
  readonly server?: ServerMessage;
  readonly cause?: unknown;
  /** Whether another host of the list is worth a try. */
  readonly others: "try" | "leave";
  /** Whether the same attempt may succeed later. */
  readonly waiting: "helps" | "useless";
}

/** Whom the attempt was for. */
export interface Attempted {
  readonly host: string;
  readonly port: number;
  readonly options: ConnectionOptions;
}

/** What a failed attempt means. */
export function describeFailure(
  error: unknown,
  attempted: Attempted,
): ConnectFailure {
  if (error instanceof PostgresError) return serverFailure(error, attempted);
  if (error instanceof ConnectProblem) {
    if (error.kind === "tls_failed") {
      return {
        ...describeTlsFailure(error.cause, attempted.host),
        cause: error.cause,
        others: "try",
        waiting: "useless",
      };
    }
    return PROBLEMS[error.kind](attempted);
  }
  return { ...systemFailure(error, attempted), cause: error, others: "try" };
}

function serverFailure(
  error: PostgresError,
  { host, port, options }: Attempted,
): ConnectFailure {
  const server = error.fields;
  const said = showName(server.message);
  const user = showName(options.user);
  const database = showName(options.database);
  const base = { server, cause: error, others: "leave" } as const;
  switch (server.sqlstate) {
    case "28P01":
      return {
        ...base,
        state: `the server rejects the password of user "${user}"`,
        hint: "check the password in the URL, PGPASSWORD or .pgpass",
        waiting: "useless",
      };
    case "28000":
      return {
        ...base,
        state: `the server does not let user "${user}" in: ${said}`,
        hint: "check the user, sslmode, and the server's pg_hba.conf",
        waiting: "useless",
      };
    case "42501":
      return {
        ...base,
        state: `user "${user}" may not connect to it: ${said}`,
        hint: `GRANT CONNECT ON DATABASE "${database}" TO "${user}"`,
        waiting: "useless",
      };
    case "3D000":
      return {
        ...base,
        state: `there is no database "${database}"`,
        hint: `create it: createdb -h ${showName(host)} -p ${port} ` +
          `-U ${user} ${database}`,
        waiting: "helps",
      };
    case "53300":
      return {
        ...base,
        state: `the server has no connection left: ${said}`,
        hint: "try again later, or raise the limit",
        waiting: "helps",
      };
    case "57P03":
      return { ...base, state: said, others: "try", waiting: "helps" };
    case "57P01":
    case "57P02":
      return { ...base, state: said, waiting: "helps" };
  }
  return {
    ...base,
    state: `the server says: ${said}`,
    hint: hintForOther(server, options),
    waiting: "useless",
  };
}

function hintForOther(
  { sqlstate, hint }: ServerMessage,
  { startupOptions }: ConnectionOptions,
): string | undefined {
  return sqlstate === "08P01" && startupOptions !== undefined
    ? 'remove "options" and PGOPTIONS: a connection pooler refuses them'
    : hint;
}

type PlainProblem = Exclude<ConnectProblemKind, "tls_failed">;

const PROBLEMS: Readonly<
  Record<PlainProblem, (attempted: Attempted) => ConnectFailure>
> = {
  timeout: ({ options }) => ({
    state: `it did not answer within ${options.connectTimeoutMs / 1000} s`,
    hint: "check the host, the port, and firewalls between",
    others: "try",
    waiting: "helps",
  }),
  closed: () => ({
    state: "the server closed the connection at once",
    hint: "check that a PostgreSQL server listens there",
    others: "try",
    waiting: "helps",
  }),
  not_postgres: () => ({
    state: "what listens there does not speak PostgreSQL's protocol",
    hint: "check the host and the port",
    others: "try",
    waiting: "useless",
  }),
  tls_missing: ({ options }) => ({
    state: `the server does not support TLS, and sslmode is ` +
      `"${options.tls.mode}"`,
    hint: "turn ssl on in the server, or set sslmode to prefer",
    others: "try",
    waiting: "useless",
  }),
  password_missing: ({ options }) => ({
    state: `the server asks for a password of user "${
      showName(options.user)
    }" and none is set`,
    hint: passwordHint(options),
    others: "leave",
    waiting: "useless",
  }),
  binding_missing: () => ({
    state: "the server does not offer the channel binding that is required",
    hint: "it needs TLS and a SCRAM password; or set channel_binding to prefer",
    others: "leave",
    waiting: "useless",
  }),
  wrong_session: ({ options }) => ({
    state: `the server is not "${options.sessionAttributes}"`,
    hint: "name another host, or change target_session_attrs",
    others: "try",
    waiting: "helps",
  }),
};

/** A password file that was ignored is where the password should be from. */
function passwordHint({ warnings }: ConnectionOptions): string {
  if (warnings.length === 0) {
    return "set it in the URL, PGPASSWORD, PGPASSWORD_FILE or .pgpass";
  }
  return warnings.map((text) => text.charAt(0).toLowerCase() + text.slice(1))
    .join("; ");
}

function systemFailure(
  error: unknown,
  { host, port }: Attempted,
): Pick<ConnectFailure, "state" | "hint" | "waiting"> {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error
    ? String(error.code)
    : "";
  if (code === "ENOENT" && isSocketDirectory(host)) {
    return {
      state: "there is no such socket",
      hint: "start the server, or say where it is with DATABASE_URL, " +
        "--database-url or PGHOST",
      waiting: "helps",
    };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return {
      state: `the host name "${showName(host)}" is not known`,
      hint: "check its spelling and the DNS",
      waiting: "helps",
    };
  }
  const known = SYSTEM_STATES[code];
  return {
    state: known ?? `the system says: ${showName(text)}`,
    hint: code === "ECONNREFUSED"
      ? `check that a server listens on port ${port}`
      : undefined,
    waiting: known === undefined || code === "EACCES" ? "useless" : "helps",
  };
}

const SYSTEM_STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the network did not answer",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  EACCES: "the system does not allow to open it",
};
