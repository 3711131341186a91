import { deepEqual, equal } from "node:assert/strict";
import { dirname, join } from "node:path";
import type {
  AdoptedMigration,
  AdoptReport,
  BaselineReport,
} from "../../src/core/adopt/adopt_report.ts";
import type { ProjectFiles } from "./project.ts";
import { type Project, statesOf, withRun } from "./run.ts";

/** Where the tests keep the files of another tool. */
export const SOURCE = "theirs";

/** Flags for a tracking table that no other tool has. */
export const OUR_TABLE = ["--table", "lockstep.schema_migrations"] as const;

/** A document with the exit code of the run that printed it. */
export type Answered<Report> = Report & {
  readonly code: number;
  readonly stderr: string;
};

/** Runs a test with a project that has files of another tool. */
export async function withTheirs(
  files: ProjectFiles,
  test: (project: Project) => Promise<void>,
): Promise<void> {
  await withRun({}, async (project) => {
    await writeTheirs(project, files);
    await test(project);
  });
}

/** Writes more files of the other tool. */
export async function writeTheirs(
  { dir }: Project,
  files: ProjectFiles,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, SOURCE, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
}

/** What `adopt` answers, without a question. */
export async function adopt(
  { run }: Project,
  tool: string,
  ...args: readonly string[]
): Promise<Answered<AdoptReport>> {
  const all = ["adopt", "--from", tool, "--source", SOURCE, "--yes", "--json"];
  const { code, stdout, stderr } = await run(...all, ...args);
  return { ...JSON.parse(stdout), code, stderr };
}

/** What `baseline` answers, without a question. */
export async function baseline(
  { run }: Project,
  ...args: readonly string[]
): Promise<Answered<BaselineReport>> {
  const { code, stdout, stderr } = await run(
    "baseline",
    "--yes",
    "--json",
    ...args,
  );
  return { ...JSON.parse(stdout), code, stderr };
}

/** Each migration as in `001_users applied same`. */
export function adoptedAs(
  { migrations }: { readonly migrations: readonly AdoptedMigration[] },
): readonly string[] {
  return migrations.map(({ version, name, state, check, kind }) =>
    kind === "no_file"
      ? `${version} ${state}`
      : `${version}_${name} ${state} ${check}`
  );
}

/** That files, history and log fit, and which versions are in which state. */
export async function requireFit(
  { json, run }: Project,
  states: readonly string[],
  ...args: readonly string[]
): Promise<void> {
  const verified = await run("verify", ...args);
  equal(verified.code, 0, verified.stdout + verified.stderr);
  deepEqual(statesOf(await json("status", ...args)), states);
}

/** The names of the migration files that there are. */
export function ourFiles({ dir }: Project): readonly string[] {
  const list = (folder: string) =>
    [...Deno.readDirSync(join(dir, folder))]
      .filter(({ isFile }) => isFile).map(({ name }) => name);
  try {
    return [...list("migrations"), ...list("migrations/rollbacks")].sort();
  } catch {
    return list("migrations").sort();
  }
}
