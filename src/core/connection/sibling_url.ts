import { parseConnectionString } from "./connection_string.ts";
import { formatConnectionUrl } from "./format_connection_url.ts";

/** A database of a server that was connected to. */
export interface Sibling {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/**
 * The URL of another database of a server: what was given for the first one,
 * with the password, but of a list of hosts only the one that answered.
 */
export function siblingUrl(
  given: string | undefined,
  { host, port, user, database }: Sibling,
): string {
  const values = new Map(
    given === undefined ? [] : parseConnectionString(given),
  );
  for (const keyword of ["hostaddr", "target_session_attrs"]) {
    values.delete(keyword);
  }
  values.set("host", host).set("port", String(port));
  values.set("user", user).set("dbname", database);
  return formatConnectionUrl(values);
}
