import { existsSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import {
  chooseProgram,
  parseProgramVersion,
  type PgProgram,
  type PgProgramName,
  type PgProgramSearch,
} from "../../core/backup/pg_program.ts";
import { showName } from "../../core/display.ts";
import { POSTGRES_FOLDERS } from "../../core/program_folders.ts";
import type { RunSettings } from "../../core/run_settings.ts";
import { ConfigError } from "../../errors.ts";
import { ProgramError, runProgram } from "./run_program.ts";

/** Where programs are looked for. */
export type ProgramPlaces = Pick<RunSettings, "env" | "cwd" | "pgDump">;

/**
 * Every such program that PATH or the usual folders have, PATH's first; where
 * a `pg_dump` is named, only that one and what lies beside it.
 */
export async function findPrograms(
  name: PgProgramName,
  places: ProgramPlaces,
): Promise<PgProgramSearch> {
  const paths = pathsOf(name, places)
    .filter((path, index, all) => all.indexOf(path) === index)
    .filter((path) => existsSync(path));
  const asked = await Promise.all(
    paths.map((path) => ask(name, path, places.env)),
  );
  return {
    found: asked.filter((answer) => typeof answer !== "string"),
    unusable: asked.filter((answer) => typeof answer === "string"),
  };
}

/**
 * The program to use for a server.
 *
 * @throws {ConfigError} If there is none, or if all are older than the server.
 */
export async function requireProgram(
  name: PgProgramName,
  places: ProgramPlaces,
  serverMajor: number,
): Promise<PgProgram> {
  const { found, unusable } = await findPrograms(name, places);
  const program = chooseProgram(found, serverMajor);
  if (program === undefined) {
    throw missing(name, { places, unusable, serverMajor });
  }
  if (program.major >= serverMajor) return program;
  throw new ConfigError(
    "pg_dump_too_old",
    `Cannot use "${showName(program.path)}" as its version is ` +
      `${program.version} and the server's is ${serverMajor}`,
    { hint: howToGet(name, serverMajor) },
  );
}

function pathsOf(
  name: PgProgramName,
  { env, cwd, pgDump }: ProgramPlaces,
): readonly string[] {
  if (pgDump !== undefined) {
    const named = resolve(cwd, pgDump);
    return [name === "pg_dump" ? named : join(dirname(named), name)];
  }
  return [...(env.PATH ?? "").split(delimiter), ...POSTGRES_FOLDERS]
    // What lies in the working directory may be anybody's.
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name));
}

const TIMEOUT_MS = 10_000;

async function ask(
  name: PgProgramName,
  path: string,
  env: ProgramPlaces["env"],
): Promise<PgProgram | string> {
  try {
    const { exitCode, stdout } = await runProgram(path, ["--version"], {
      env: { ...env, LC_ALL: "C" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (exitCode !== 0) return `${path} does not run`;
    const version = parseProgramVersion(name, stdout);
    return version === undefined
      ? `${path} does not tell its version`
      : { path, ...version };
  } catch (error) {
    if (error instanceof ProgramError) return `${path} ${error.message}`;
    throw error;
  }
}

function missing(
  name: PgProgramName,
  { places, unusable, serverMajor }: {
    readonly places: ProgramPlaces;
    readonly unusable: readonly string[];
    readonly serverMajor: number;
  },
): ConfigError {
  const where = places.pgDump === undefined
    ? "in PATH or where it is usually installed"
    : `where --pg-dump says, "${showName(places.pgDump)}"`;
  const reason = unusable.length === 0
    ? `there is none ${where}`
    : unusable.map(showName).join(", and ");
  return new ConfigError(
    "pg_dump_missing",
    `Cannot use ${name} as ${reason}`,
    { hint: howToGet(name, serverMajor) },
  );
}

function howToGet(name: PgProgramName, serverMajor: number): string {
  const what = name === "pg_dump"
    ? "name a newer one with --pg-dump"
    : "name with --pg-dump the pg_dump beside a newer one";
  const client = `install the client programs of PostgreSQL ${serverMajor}`;
  return name === "pg_dump"
    ? `${client}, ${what}, or do without: --backup-method copy`
    : `${client}, or ${what}`;
}
