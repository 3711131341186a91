import { ConfigError } from "../../errors.ts";
import { parseConnectionUrl } from "./connection_url.ts";
import {
  findParameter,
  type ParameterValues,
  requireParameter,
} from "./parameter.ts";

const PLACE = "the connection string";

/**
 * The parameters of a libpq connection string, in either form: a URL, or
 * `host=… dbname=…` (PostgreSQL documentation, "Connection Strings"). No
 * error repeats any of its text but names of parameters.
 */
export function parseConnectionString(text: string): ParameterValues {
  const trimmed = text.trim();
  if (/^postgres(ql)?:\/\//i.test(trimmed)) return parseConnectionUrl(trimmed);
  if (/^[a-z][a-z0-9+.:-]*:\/\//i.test(trimmed)) {
    throw new ConfigError(
      "invalid_setting",
      "Cannot use the connection URL as it is not one of PostgreSQL",
      { hint: 'start it with "postgres://"' },
    );
  }
  return parseKeywords(text);
}

function parseKeywords(text: string): ParameterValues {
  const values = new Map<string, string>();
  let rest = text.trimStart();
  let afterBarePassword = false;
  while (rest !== "") {
    const [whole, keyword] = /^([^\s=]+)\s*=\s*/.exec(rest) ?? [];
    if (whole === undefined || keyword === undefined) throw missingValue();
    if (findParameter(keyword) === undefined && afterBarePassword) {
      throw missingValue();
    }
    const raw = readValue(rest.slice(whole.length));
    const value = unescape(raw);
    requireParameter(keyword, value, PLACE);
    values.set(keyword, value);
    afterBarePassword = keyword === "password" && !raw.startsWith("'");
    rest = rest.slice(whole.length + raw.length).trimStart();
  }
  return values;
}

/** The value that the text starts with, with its quotes and escapes. */
function readValue(text: string): string {
  if (!text.startsWith("'")) {
    return /^(?:\\[^]?|[^\\\s])*/.exec(text)?.[0] ?? "";
  }
  const quoted = /^'(?:\\[^]|[^\\'])*'/.exec(text)?.[0];
  if (quoted === undefined) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot read ${PLACE} as a quoted value has no end`,
      { hint: "end it with ', and write ' inside a value as \\'" },
    );
  }
  return quoted;
}

function unescape(raw: string): string {
  const inner = raw.startsWith("'") ? raw.slice(1, -1) : raw;
  return inner.replace(/\\([^]?)/g, "$1");
}

/** Repeats nothing: what stands alone may be the end of a password. */
function missingValue(): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot read ${PLACE} as a part of it is not "parameter=value"`,
    {
      hint: "write postgres://user:password@host:port/database, " +
        "or host=… dbname=… with '…' around values that have spaces",
    },
  );
}
