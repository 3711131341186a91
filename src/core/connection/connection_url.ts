import { ConfigError } from "../../errors.ts";
import {
  findParameter,
  type ParameterValues,
  requireParameter,
} from "./parameter.ts";

const PLACE = "the connection URL";

/**
 * The parameters of a `postgres://` URL, every component percent-decoded. A
 * password may hold characters that should be encoded where only one reading
 * of the URL makes sense.
 */
export function parseConnectionUrl(url: string): ParameterValues {
  const parts = chooseReading(url.slice(url.indexOf("://") + 3));
  const values = new Map<string, string>();
  addCredentials(parts.credentials, values);
  addHosts(parts.hosts, values);
  if (parts.path !== "") values.set("dbname", decode(parts.path, "dbname"));
  for (const piece of splitQuery(parts.query)) addQuery(piece, values);
  for (const [keyword, value] of values) {
    requireParameter(keyword, value, PLACE);
  }
  return values;
}

/** The parts of a URL as they are written. */
interface UrlParts {
  readonly credentials: string;
  readonly hosts: string;
  readonly path: string;
  readonly query: string;
}

/**
 * A password may hold "@", "/", "?" and "#" that nobody encoded, so each "@"
 * may be the one before the host. The first that makes sense is taken, unless
 * another "@" follows before the query, which makes it a guess.
 */
function chooseReading(text: string): UrlParts {
  const readings = [readParts(text, -1)];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    readings.push(readParts(text, at));
  }
  const sensible = readings.filter((parts) =>
    areHosts(parts.hosts) && splitQuery(parts.query).every(isKnown)
  );
  const [first, second] = sensible;
  if (first === undefined) return requireUsual(text);
  if (second !== undefined && first.path.includes("@")) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot read ${PLACE} as it is not clear which "@" is before the host`,
      { hint: 'write every other "@" as %40 and "/" as %2F' },
    );
  }
  return first;
}

function readParts(text: string, at: number): UrlParts {
  const rest = text.slice(at + 1);
  const [, hosts = "", path = "", query = ""] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?([^]*))?$/.exec(rest) ?? [];
  return { credentials: text.slice(0, Math.max(at, 0)), hosts, path, query };
}

function areHosts(hosts: string): boolean {
  return hosts.split(",").every((host) =>
    /^(\[[\w:.%]+\]|[^\s@:[\]"'<>\\#]*)(:\d*)?$/.test(host)
  );
}

function splitQuery(query: string): string[] {
  return query === "" ? [] : query.split("&");
}

function isKnown(piece: string): boolean {
  const keyword = piece.slice(0, Math.max(piece.indexOf("="), 0));
  return findParameter(keyword) !== undefined ||
    (keyword === "ssl" && piece === "ssl=true");
}

/** libpq's own reading, for what to say: no reading makes sense. */
function requireUsual(text: string): UrlParts {
  const authority = /^[^/]*/.exec(text)?.[0] ?? "";
  const usual = readParts(text, authority.lastIndexOf("@"));
  if (areHosts(usual.hosts) && !usual.query.includes("@")) return usual;
  throw new ConfigError(
    "invalid_setting",
    `Cannot read ${PLACE} as it has no valid host and port`,
    {
      hint: "write postgres://user:password@host:port/database, with special " +
        "characters of the password encoded: @ as %40, / as %2F, " +
        "? as %3F, # as %23, % as %25",
    },
  );
}

function addCredentials(raw: string, values: Map<string, string>): void {
  const colon = raw.indexOf(":");
  const user = colon < 0 ? raw : raw.slice(0, colon);
  const password = colon < 0 ? "" : raw.slice(colon + 1);
  if (user !== "") values.set("user", decode(user, "user"));
  if (password !== "") values.set("password", decode(password, "password"));
}

function addHosts(raw: string, values: Map<string, string>): void {
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const entry of raw.split(",")) {
    const [, host = "", port = ""] =
      /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(entry) ?? [];
    hosts.push(decode(host.replace(/^\[|\]$/g, ""), "host"));
    ports.push(port);
  }
  if (raw !== "") values.set("host", hosts.join(","));
  if (ports.some((port) => port !== "")) values.set("port", ports.join(","));
}

function addQuery(piece: string, values: Map<string, string>): void {
  // JDBC's spelling, which libpq takes too
  if (piece === "ssl=true") {
    values.set("sslmode", "require");
    return;
  }
  const equals = piece.indexOf("=");
  if (equals < 0) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot read ${PLACE} as a query parameter has no value`,
      { hint: 'write each as name=value, with "&" between them' },
    );
  }
  const keyword = decode(piece.slice(0, equals), "query");
  requireNamable(keyword, values);
  values.set(keyword, decode(piece.slice(equals + 1), keyword));
}

/** After `password=…&`, an unknown name may be the end of the password. */
function requireNamable(keyword: string, values: Map<string, string>): void {
  if (findParameter(keyword) !== undefined) return;
  if ([...values.keys()].at(-1) !== "password") return;
  throw new ConfigError(
    "invalid_setting",
    `Cannot read ${PLACE} as an unknown parameter follows the password`,
    { hint: 'write "&" inside a password as %26' },
  );
}

function decode(raw: string, keyword: string): string {
  let text: string | undefined;
  try {
    text = decodeURIComponent(raw);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  if (text === undefined || text.includes("\0")) {
    throw new ConfigError(
      "invalid_setting",
      `Cannot read ${PLACE} as its ${keyword} is not percent-encoded UTF-8`,
      { hint: 'write "%" as %25' },
    );
  }
  return text;
}
