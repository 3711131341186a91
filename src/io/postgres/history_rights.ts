import { HistoryError, type ServerMessage } from "../../errors.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { PostgresError, refusedError } from "./postgres_error.ts";
import missingGrantsSql from "./sql/read_missing_grants.sql" with {
  type: "text",
};
import { fillIn, namesAsText, type TrackingNames } from "./tracking_sql.ts";

/** The statements that would let the role keep the history; none if it may. */
export async function readMissingGrants(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly string[]> {
  const sql = fillIn(missingGrantsSql, namesAsText(names));
  const answers = await connection.run(readingSql(sql));
  return (answers.at(-1)?.rows ?? []).map(([grant = ""]) => grant);
}

/**
 * What a refusal of the server means for the history: "permission denied"
 * becomes an error that lists the missing GRANTs.
 */
export async function historyError(
  connection: Connection,
  names: TrackingNames,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof PostgresError)) return error;
  if (error.fields.sqlstate !== "42501") return refusedError(error);
  const grants = await readMissingGrants(connection, names);
  return rightsError(connection, names, {
    grants,
    said: error.fields.message,
    server: error.fields,
    cause: error,
  });
}

/** The error of a role that may not do what keeping the history takes. */
export function rightsError(
  { target }: Connection,
  { table }: TrackingNames,
  { grants, said, server, cause }: {
    readonly grants: readonly string[];
    readonly said: string;
    readonly server?: ServerMessage;
    readonly cause?: unknown;
  },
): HistoryError {
  return new HistoryError(
    "missing_grants",
    `Cannot keep the history in ${table} as the role "${target.user}" lacks ` +
      `rights: ${said}`,
    {
      hint: grants.length === 0
        ? `run "lockstep init" once as the owner of ${table}`
        : `have an administrator run: ${grants.join("; ")}`,
      ...(server !== undefined && { server }),
      cause,
    },
  );
}
