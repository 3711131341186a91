import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import {
  parsePgDumpVersion,
  type PgDump,
  type PgDumpSearch,
} from "../core/doctor/judge_pg_dump.ts";
import { POSTGRES_FOLDERS } from "../core/program_folders.ts";

/** Every `pg_dump` that PATH or the usual folders have, PATH's first. */
export async function findPgDumps(
  env: Readonly<Record<string, string | undefined>>,
): Promise<PgDumpSearch> {
  const paths = [...(env.PATH ?? "").split(delimiter), ...POSTGRES_FOLDERS]
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, "pg_dump"))
    .filter((path, index, all) => all.indexOf(path) === index)
    .filter((path) => existsSync(path));
  const asked = await Promise.all(paths.map((path) => ask(path, env)));
  return {
    found: asked.filter((answer) => typeof answer !== "string"),
    unusable: asked.filter((answer) => typeof answer === "string"),
  };
}

const TIMEOUT_MS = 5_000;
const runFile = promisify(execFile);

async function ask(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PgDump | string> {
  try {
    const { stdout } = await runFile(path, ["--version"], {
      env: withoutLoader(env),
      timeout: TIMEOUT_MS,
    });
    const version = parsePgDumpVersion(stdout);
    return version === undefined
      ? `${path} does not tell its version`
      : { path, ...version };
  } catch (error) {
    const isForbidden = error instanceof Error &&
      /run access|permission/i.test(error.message);
    return isForbidden
      ? `${path} is where this executable may not run it`
      : `${path} does not run`;
  }
}

/** Deno runs no program with LD_* or DYLD_* set unless it may run them all. */
function withoutLoader(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || /^(?:LD|DYLD)_/.test(name) ? [] : [[name, value]]
    ),
  );
}
