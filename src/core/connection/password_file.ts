/** What a line of a password file is looked up by. */
export interface PasswordKey {
  /** As given, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const DEFAULT_SOCKET_DIRECTORIES = ["", "/var/run/postgresql", "/tmp"];

/**
 * The password of the first line that matches, in the format of `.pgpass`
 * (PostgreSQL documentation, "The Password File").
 */
export function findPassword(
  text: string,
  key: PasswordKey,
): string | undefined {
  const host = DEFAULT_SOCKET_DIRECTORIES.includes(key.host)
    ? "localhost"
    : key.host;
  const wanted = [host, String(key.port), key.database, key.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = splitLine(line);
    if (fields === undefined) continue;
    const password = fields[4] ?? "";
    if (wanted.every((value, index) => matches(fields[index], value))) {
      return password === "" ? undefined : unescape(password);
    }
  }
  return undefined;
}

/** The four raw fields and what is left, which may hold colons. */
function splitLine(line: string): string[] | undefined {
  const match =
    /^((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):((?:\\.|[^\\:])*):(.*)$/u
      .exec(line);
  return match?.slice(1);
}

function matches(raw: string | undefined, wanted: string): boolean {
  return raw === "*" || (raw !== undefined && unescape(raw) === wanted);
}

function unescape(raw: string): string {
  return raw.replace(/\\(.)/gu, "$1");
}
