/** The client programs that make and restore a backup. */
export type PgProgramName = "pg_dump" | "pg_restore";

/** A client program of PostgreSQL on this host. */
export interface PgProgram {
  readonly path: string;
  /** Such as 18. */
  readonly major: number;
  /** Such as `18.4`. */
  readonly version: string;
}

/** What looking for a program came to. */
export interface PgProgramSearch {
  readonly found: readonly PgProgram[];
  /** What is there and cannot be used, each with the reason. */
  readonly unusable: readonly string[];
}

/** The version in what a program prints for `--version`. */
export function parseProgramVersion(
  name: PgProgramName,
  output: string,
): Pick<PgProgram, "major" | "version"> | undefined {
  const [, program, version, major] =
    /^(\w+) \(PostgreSQL\) ((\d+)\S*)/.exec(output) ?? [];
  return program !== name || version === undefined
    ? undefined
    : { version, major: Number(major) };
}

/**
 * The one to use for a server: of the same major version, as what a newer one
 * writes may be too new to be restored there; else the next newer one; else
 * the newest of the older ones, which the server is too new for.
 */
export function chooseProgram(
  found: readonly PgProgram[],
  serverMajor: number,
): PgProgram | undefined {
  const ascending = found.toSorted((a, b) => a.major - b.major);
  return ascending.find(({ major }) => major >= serverMajor) ??
    ascending.at(-1);
}
