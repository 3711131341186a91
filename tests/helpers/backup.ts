import { equal } from "node:assert/strict";
import { join } from "node:path";
import {
  type CliResult,
  runLockstep,
  type RunningLockstep,
  spawnLockstep,
} from "./cli.ts";
import {
  type DatabaseOptions,
  type TestDatabase,
  withDatabase,
} from "./database.ts";
import { type ProjectFiles, withProject, writeMigrations } from "./project.ts";
import type { Answer } from "./run.ts";

/** What the tests read of documents about backups. */
export interface BackupAnswer extends Answer {
  readonly path?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly restoreCommand?: string;
  readonly status?: string;
  readonly checksum?: string;
  readonly tables?: number;
  readonly backup?: {
    readonly path: string;
    readonly sha256: string;
    readonly reason: string;
    readonly decision: string;
  };
}

/** A project whose runs make backups. */
export interface BackupProject {
  readonly db: TestDatabase;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  run(
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<CliResult>;
  start(
    args: readonly string[],
    env?: Record<string, string>,
  ): RunningLockstep;
  /** With `--json`. */
  json(
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<BackupAnswer>;
  /** As `json()`, and it must succeed. */
  done(
    args: readonly string[],
    env?: Record<string, string>,
  ): Promise<BackupAnswer>;
  /** Writes files under `migrations/`. */
  write(files: ProjectFiles): Promise<void>;
  /** The names in the folder of backups, sorted. */
  files(): readonly string[];
}

/** Runs a test with a project whose runs make backups by themselves. */
export async function withBackups(
  files: ProjectFiles,
  test: (project: BackupProject) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  await withDatabase(
    (db) => withProject(files, (dir) => test(projectOf(db, dir))),
    options,
  );
}

/** Writes a program for a test that is to be taken for pg_dump. */
export async function writeProgram(
  dir: string,
  name: string,
  script: string,
): Promise<string> {
  const path = join(dir, name);
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

function projectOf(db: TestDatabase, dir: string): BackupProject {
  const env = {
    DATABASE_URL: db.url,
    LANG: "C.UTF-8",
    LOCKSTEP_BACKUP: "auto",
    PATH: Deno.env.get("PATH") ?? "",
  };
  async function json(
    args: readonly string[],
    more: Record<string, string> = {},
  ): Promise<BackupAnswer> {
    const { code, stdout, stderr } = await runLockstep([...args, "--json"], {
      cwd: dir,
      env: { ...env, ...more },
    });
    const document: BackupAnswer = JSON.parse(stdout);
    return { ...document, code, stderr };
  }
  return {
    db,
    dir,
    env,
    run: (args, more) =>
      runLockstep(args, { cwd: dir, env: { ...env, ...more } }),
    start: (args, more) =>
      spawnLockstep(args, { cwd: dir, env: { ...env, ...more } }),
    json,
    async done(args, more) {
      const answer = await json(args, more);
      equal(answer.code, 0, `${args.join(" ")}: ${answer.error?.message}`);
      return answer;
    },
    write: (files) => writeMigrations(dir, files),
    files: () => listFolder(join(dir, "backups")),
  };
}

function listFolder(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
