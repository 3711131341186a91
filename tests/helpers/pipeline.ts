import { ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { binaryPath } from "./cli.ts";
import { type TestDatabase, withDatabase } from "./database.ts";
import type { PipelineJob } from "./pipeline_files.ts";
import { type ProjectFiles, writeMigrations } from "./project.ts";

/** What became of a job. */
export interface JobResult {
  readonly code: number;
  /** Of all scripts, standard error included. */
  readonly output: string;
  /** The command lines of lockstep that were run, in their order. */
  readonly calls: readonly string[];
}

/** Whether there is a program of that name on PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"] }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A checkout of a project, with a branch to merge, and a database. */
export interface PipelineStage {
  readonly db: TestDatabase;
  /** The folder of the checkout. */
  readonly checkout: string;
  /** The columns of the table "users", if it is there. */
  columns(): Promise<readonly unknown[]>;
  /** Commits changed migrations on the branch. */
  commit(files: ProjectFiles): Promise<void>;
  /** Runs a job as its runner would, until a script fails. */
  run(job: PipelineJob, shell?: Shell): Promise<JobResult>;
}

/**
 * Runs a test with a checkout whose branch "main" has some migrations, and a
 * database of its own.
 */
export async function withPipeline(
  files: ProjectFiles,
  test: (stage: PipelineStage) => Promise<void>,
): Promise<void> {
  await withDatabase(async (db) => {
    const dir = await Deno.makeTempDir({ prefix: "lockstep-pipeline-" });
    try {
      await test(await setUp({ dir, db }, files));
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

interface Place {
  readonly dir: string;
  readonly db: TestDatabase;
}

async function setUp(
  place: Place,
  files: ProjectFiles,
): Promise<PipelineStage> {
  const { dir, db } = place;
  const upstream = join(dir, "upstream");
  const checkout = join(dir, "checkout");
  const commit = async (folder: string, changed: ProjectFiles) => {
    await writeMigrations(folder, changed);
    await git(folder, "add", "--all");
    await git(folder, "commit", "--quiet", "--message", "migrations");
  };
  await git(dir, "init", "--quiet", "--initial-branch=main", upstream);
  await commit(upstream, files);
  await git(dir, "clone", "--quiet", upstream, checkout);
  await writeDownloads(join(dir, "downloads"));
  await writeSecrets(join(dir, "secrets"), db);
  return {
    db,
    checkout,
    columns: () => columnsOf(db),
    commit: (changed) => commit(checkout, changed),
    run: (job, shell) => runJob(job, { ...place, ...(shell && { shell }) }),
  };
}

async function columnsOf(db: TestDatabase): Promise<readonly unknown[]> {
  const rows = await db.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('users')
     AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  return rows.map(({ attname }) => attname);
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("git", {
    args: ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args],
    cwd,
  }).output();
  ok(success, new TextDecoder().decode(stderr));
}

/** A lockstep that writes down how it is called, for jobs to download. */
async function writeDownloads(dir: string): Promise<void> {
  await Deno.mkdir(dir);
  const program = '#!/bin/sh\necho "lockstep $*" >> "$PIPELINE_CALLS"\n' +
    `exec '${binaryPath()}' "$@"\n`;
  await Deno.writeTextFile(join(dir, "lockstep"), program, { mode: 0o755 });
}

async function writeSecrets(dir: string, { url }: TestDatabase): Promise<void> {
  await Deno.mkdir(dir);
  await Deno.writeTextFile(join(dir, "url"), `${url}\n`);
  await Deno.writeTextFile(
    join(dir, "password"),
    `${decodeURIComponent(new URL(url).password)}\n`,
  );
}

type Shell = readonly [string, ...string[]];

async function runJob(
  job: PipelineJob,
  { dir, db, shell = ["sh", "-e"] }: Place & { readonly shell?: Shell },
): Promise<JobResult> {
  const run = await Deno.makeTempDir({ dir });
  for (const file of RUNNER_FILES) {
    await Deno.writeTextFile(join(run, file), "");
  }
  const env = {
    ...substitute(job.env, dir, db.url),
    ...await runnerVariables(dir, run),
  };
  const [program, ...options] = shell;
  const outputs: string[] = [];
  let code = 0;
  for (const script of job.scripts) {
    const added = await readRunnerFile(run, "path");
    // Containers and units find it where it is installed.
    const folder = added ||
      (installs(job) ? "/nowhere" : join(dir, "downloads"));
    const result = await new Deno.Command(program, {
      args: [...options, "-c", `exec 2>&1\n${script}`],
      cwd: join(dir, "checkout"),
      clearEnv: true,
      env: { ...env, PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` },
      stdin: "null",
    }).output();
    outputs.push(new TextDecoder().decode(result.stdout));
    code = result.code;
    if (code !== 0) break;
  }
  return {
    code,
    output: outputs.join("") + await readRunnerFile(run, "summary"),
    calls: (await readRunnerFile(run, "calls")).split("\n"),
  };
}

const RUNNER_FILES = ["calls", "path", "summary"] as const;

async function readRunnerFile(
  run: string,
  name: (typeof RUNNER_FILES)[number],
): Promise<string> {
  return (await Deno.readTextFile(join(run, name))).trim();
}

async function runnerVariables(
  dir: string,
  run: string,
): Promise<Readonly<Record<string, string>>> {
  const downloads = join(dir, "downloads");
  return {
    HOME: join(run, "home"),
    LANG: "C.UTF-8",
    DOWNLOADS: `file://${downloads}`,
    SHA256: await sha256(join(downloads, "lockstep")),
    PIPELINE_CALLS: join(run, "calls"),
    RUNNER_TEMP: run,
    GITHUB_PATH: join(run, "path"),
    GITHUB_STEP_SUMMARY: join(run, "summary"),
    GITHUB_BASE_REF: "main",
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
  };
}

function installs({ scripts }: PipelineJob): boolean {
  return scripts.some((script) => script.includes("$DOWNLOADS"));
}

/** The environment with what a runner would put in, or that is only there. */
function substitute(
  env: Readonly<Record<string, string>>,
  dir: string,
  url: string,
): Readonly<Record<string, string>> {
  const { hostname, port, username, pathname } = new URL(url);
  const known: Readonly<Record<string, string>> = {
    PGHOST: hostname,
    PGUSER: username,
    PGDATABASE: pathname.slice(1),
    DATABASE_URL: url,
    DATABASE_URL_FILE: join(dir, "secrets/url"),
    PGPASSWORD_FILE: join(dir, "secrets/password"),
    LOCKSTEP_BACKUP_DIR: join(dir, "backups"),
  };
  const entries = Object.entries(env).map(([name, value]) =>
    [name, known[name] ?? value] as const
  );
  return { ...Object.fromEntries(entries), PGPORT: port };
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}
