import { ok, type Verdict, warning } from "./verdict.ts";

/** A `pg_dump` on this host. */
export interface PgDump {
  readonly path: string;
  /** Such as 18. */
  readonly major: number;
  /** Such as `18.4`. */
  readonly version: string;
}

/** What looking for `pg_dump` came to. */
export interface PgDumpSearch {
  readonly found: readonly PgDump[];
  /** Paths that this executable may not run, or that did not answer. */
  readonly unusable: readonly string[];
}

/** The version in what `pg_dump --version` prints. */
export function parsePgDumpVersion(
  output: string,
): Pick<PgDump, "major" | "version"> | undefined {
  const [, version, major] =
    /^pg_dump \(PostgreSQL\) ((\d+)\S*)/.exec(output) ?? [];
  return version === undefined ? undefined : { version, major: Number(major) };
}

/** The one to use for a server: the first that is not older, else the newest. */
export function choosePgDump(
  found: readonly PgDump[],
  serverMajor: number,
): PgDump | undefined {
  const [newest] = [...found].sort((a, b) => b.major - a.major);
  return found.find(({ major }) => major >= serverMajor) ?? newest;
}

/** Whether a backup of this server could be made from here. */
export function judgePgDump(
  { found, unusable }: PgDumpSearch,
  serverMajor: number | undefined,
): Verdict {
  const chosen = choosePgDump(found, serverMajor ?? 0);
  if (chosen === undefined) {
    return unusable.length === 0
      ? warning("there is none, so no backup can be made from here", {
        advice: "install the client programs of PostgreSQL",
      })
      : warning("there is one that cannot be used", {
        details: unusable,
        advice: "lockstep runs it only from the folders where PostgreSQL is " +
          "usually installed; put a link into /usr/local/bin",
      });
  }
  const name = `${chosen.version}, ${chosen.path}`;
  if (serverMajor !== undefined && chosen.major < serverMajor) {
    return warning(`${name}, is older than the server`, {
      details: ["pg_dump refuses a server that is newer than itself"],
      advice: `install the client programs of PostgreSQL ${serverMajor}`,
    });
  }
  return ok(name);
}
