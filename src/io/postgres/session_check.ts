import type { SessionAttributes } from "../../core/connection/parameter.ts";
import { ConnectionError } from "../../errors.ts";
import { ConnectProblem } from "./connect_problem.ts";
import type { Connection } from "./connection.ts";
import { describeTarget } from "./connection_target.ts";

const OLDEST_VERSION = 140000;

/** Throws unless the server is new enough and of the wanted kind. */
export async function requireSession(
  connection: Connection,
  wanted: SessionAttributes,
): Promise<void> {
  const { serverVersion, parameters, target } = connection;
  if (serverVersion < OLDEST_VERSION) {
    const version = parameters.get("server_version") ?? "of unknown version";
    throw new ConnectionError(
      "server_too_old",
      `Cannot use ${describeTarget(target)} as its PostgreSQL is ${version}`,
      { hint: "PostgreSQL 14 or later is needed" },
    );
  }
  if (wanted !== "any" && !await isOfKind(connection, wanted)) {
    throw new ConnectProblem("wrong_session");
  }
}

async function isOfKind(
  connection: Connection,
  wanted: Exclude<SessionAttributes, "any">,
): Promise<boolean> {
  const isStandby = await isOn(
    connection,
    "in_hot_standby",
    "SELECT pg_catalog.pg_is_in_recovery()",
  );
  switch (wanted) {
    case "primary":
      return !isStandby;
    case "standby":
    case "prefer-standby":
      return isStandby;
    case "read-write":
      return !isStandby && !await isReadOnly(connection);
    case "read-only":
      return isStandby || await isReadOnly(connection);
    default:
      return wanted satisfies never;
  }
}

function isReadOnly(connection: Connection): Promise<boolean> {
  return isOn(
    connection,
    "default_transaction_read_only",
    "SHOW default_transaction_read_only",
  );
}

/** A pooler may not pass on what the server reports: then it is asked. */
async function isOn(
  connection: Connection,
  parameter: string,
  sql: string,
): Promise<boolean> {
  const reported = connection.parameters.get(parameter);
  if (reported !== undefined) return reported === "on";
  const [answer] = await connection.run(sql);
  return ["on", "t"].includes(answer?.rows[0]?.[0] ?? "");
}
