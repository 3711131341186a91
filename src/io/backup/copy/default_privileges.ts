import type { Connection } from "../../postgres/connection.ts";
import { rowsOf } from "../../postgres/history_store.ts";
import defaultPrivilegesSql from "./sql/default_privileges.sql" with {
  type: "text",
};

/**
 * Works, inside a transaction, without the role's own default privileges,
 * which would add to those of what is made.
 */
export async function withoutDefaultPrivileges(
  connection: Connection,
  work: () => Promise<void>,
): Promise<void> {
  const rows = rowsOf(
    await connection.run(defaultPrivilegesSql, {
      maxRows: Infinity,
    }),
  );
  const now = rows.filter(({ state }) => state === "now");
  const base = rows.filter(({ state }) => state === "base");
  await connection.run([...revoke(now), ...grant(base)].join("\n"));
  await work();
  await connection.run([...revoke(base), ...grant(now)].join("\n"));
}

type Row = Readonly<Record<string, string | undefined>>;

function revoke(rows: readonly Row[]): readonly string[] {
  return rows.map(({ prefix, kind, privilege, grantee }) =>
    `${prefix} REVOKE ${privilege} ON ${kind} FROM ${grantee};`
  );
}

function grant(rows: readonly Row[]): readonly string[] {
  return rows.map(({ prefix, kind, privilege, grantee, option = "" }) =>
    `${prefix} GRANT ${privilege} ON ${kind} TO ${grantee}${option};`
  );
}
