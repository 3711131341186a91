import { ConfigError } from "../../errors.ts";
import { parseConnectionString } from "./connection_string.ts";

/**
 * A connection string in keywords and values, with only those parameters that
 * are no secrets; `***` when there are none, or it cannot be read.
 */
export function showConnection(text: string): string {
  try {
    const values = parseConnectionString(text);
    const shown = SHOWN.flatMap((name) => {
      const value = values.get(name);
      return value === undefined ? [] : [`${name}=${quote(value)}`];
    });
    return shown.length === 0 ? HIDDEN : shown.join(" ");
  } catch (error) {
    if (error instanceof ConfigError) return HIDDEN;
    throw error;
  }
}

const HIDDEN = "***";

const SHOWN = [
  "service",
  "host",
  "hostaddr",
  "port",
  "dbname",
  "user",
  "sslmode",
];

/** As libpq reads it back. */
function quote(value: string): string {
  if (/^[^\s'\\]+$/.test(value)) return value;
  return `'${value.replace(/['\\]/g, "\\$&")}'`;
}
