import { ConfigError } from "../../errors.ts";
import type { ParameterValues } from "./parameter.ts";

/** One of the servers to try. */
export interface HostEntry {
  /** A name, an address, a socket directory, or "" for the default. */
  readonly host: string;
  /** An address that saves looking the name up. */
  readonly address: string | undefined;
  readonly port: number;
}

const DEFAULT_PORT = 5432;

/**
 * The servers to try, in order, from `host`, `hostaddr` and `port`
 * (PostgreSQL documentation, "Specifying Multiple Hosts").
 */
export function parseHostList(values: ParameterValues): readonly HostEntry[] {
  const hosts = splitList(values.get("host"));
  const addresses = splitList(values.get("hostaddr"));
  const ports = splitList(values.get("port"));
  const count = Math.max(hosts.length, addresses.length, 1);
  requireCount("hostaddr", addresses.length, hosts.length);
  if (ports.length > 1) requireCount("port", ports.length, count);
  return Array.from({ length: count }, (_, index) => ({
    host: hosts[index] || addresses[index] || "",
    address: addresses[index] || undefined,
    port: parsePort(ports.length === 1 ? ports[0] : ports[index]),
  }));
}

function splitList(value: string | undefined): readonly string[] {
  return value === undefined || value === ""
    ? []
    : value.split(",").map((item) => item.trim());
}

function requireCount(keyword: string, count: number, hosts: number): void {
  if (count === 0 || hosts === 0 || count === hosts) return;
  throw new ConfigError(
    "invalid_setting",
    `Cannot use "${keyword}" as it has ${count} values for ${hosts} hosts`,
    { hint: `give one value for each host` },
  );
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new ConfigError(
    "invalid_setting",
    "Cannot use the port of the server as it is not from 1 to 65535",
    { hint: 'set "port" or PGPORT to a number such as 5432' },
  );
}
