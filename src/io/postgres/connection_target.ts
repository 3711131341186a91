import { showName } from "../../core/display.ts";

/** Which database a connection goes to; never holds a password. */
export interface ConnectionTarget {
  /** A name, an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The target as messages name it, such as `database "shop" on db1:5432`. */
export function describeTarget(target: ConnectionTarget): string {
  return `${describeDatabase(target.database)} on ${describeHost(target)}`;
}

/** The database as messages name it, such as `database "shop"`. */
export function describeDatabase(database: string): string {
  return `database "${showName(database)}"`;
}

/** The server as messages name it, such as `db1:5432` or a socket's path. */
export function describeHost(
  target: { readonly host: string; readonly port: number },
): string {
  const { port } = target;
  const host = showName(target.host);
  if (isSocketDirectory(host)) return `socket ${socketPath(host, port)}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether a host is the directory of a Unix socket. */
export function isSocketDirectory(host: string): boolean {
  return host.startsWith("/") || host.startsWith("@");
}

/** Where a server on this port has its socket. */
export function socketPath(directory: string, port: number): string {
  return `${directory}/.s.PGSQL.${port}`;
}
