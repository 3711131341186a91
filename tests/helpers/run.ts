import { equal } from "node:assert/strict";
import { join } from "node:path";
import { type CliResult, runLockstep } from "./cli.ts";
import {
  type DatabaseOptions,
  type TestDatabase,
  withDatabase,
} from "./database.ts";
import { type ProjectFiles, withProject, writeMigrations } from "./project.ts";

/** A project, its database, and the binary on both. */
export interface Project {
  readonly db: TestDatabase;
  /** The working directory; it has the folder `migrations/`. */
  readonly dir: string;
  /** Runs the binary; its result is what people see. */
  run(...args: string[]): Promise<CliResult>;
  /** Runs the binary with `--json`; its document and its exit code. */
  json(...args: string[]): Promise<Answer>;
  /** As `json()`, and the run must succeed. */
  done(...args: string[]): Promise<Answer>;
  /** As `json()`, connected as another role. */
  jsonAs(role: TestRole, ...args: string[]): Promise<Answer>;
  /** Writes files under `migrations/`. */
  write(files: ProjectFiles): Promise<void>;
  /** Removes a file or folder, named from `migrations/`. */
  remove(path: string): Promise<void>;
}

/** What the tests read of the documents that `--json` prints. */
export interface Answer {
  readonly code: number;
  readonly stderr: string;
  readonly kind: string;
  readonly success: boolean;
  readonly runId?: string;
  readonly change?: string;
  readonly migrationsApplied: number;
  readonly migrationsRolledBack: number;
  readonly appliedMigrations: number;
  readonly pendingMigrations: number;
  readonly failedMigrations: number;
  readonly steps: readonly AnswerStep[];
  readonly versions: readonly AnswerVersion[];
  readonly findings: readonly AnswerFinding[];
  readonly changes: readonly AnswerChange[];
  readonly warnings: readonly AnswerFinding[];
  readonly forced: readonly AnswerFinding[];
  readonly error?: AnswerError;
}

/** A step of a run or of a plan. */
export interface AnswerStep {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly status: string;
  readonly statements?: number;
  readonly isFromKeptCopy?: boolean;
  readonly resumedAt?: number;
  readonly segments: readonly {
    readonly mode: string;
    readonly reason?: string;
    readonly statements: readonly {
      readonly line: number;
      readonly sql: string;
    }[];
  }[];
}

/** A version in the status. */
export interface AnswerVersion {
  readonly version: string;
  readonly name: string;
  readonly state: string;
  readonly rollback: string;
  readonly rollbackReason?: string;
  readonly error?: string;
  readonly sqlstate?: string;
  readonly failedRollback?: {
    readonly error: string;
    readonly sqlstate?: string;
  };
  readonly statementsDone?: number;
}

/** A place in a file. */
export interface AnswerPlace {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly excerpt?: string;
}

/** A warning, or what `--force` went past. */
export interface AnswerFinding {
  readonly severity?: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly version?: string;
  readonly location?: AnswerPlace;
}

/** A change that a repair proposes or has made. */
export interface AnswerChange {
  readonly action: string;
  readonly version: string;
  readonly status: string;
  readonly message: string;
  readonly values: readonly {
    readonly column: string;
    readonly from?: string;
    readonly to?: string;
  }[];
}

/** Why a run stopped. */
export interface AnswerError extends AnswerFinding {
  readonly server?: Readonly<Record<string, string | number>>;
  readonly others?: readonly AnswerError[];
}

/** A role of the server that can log in. */
export interface TestRole {
  readonly name: string;
  /** Of the test's database, with the role's password. */
  readonly url: string;
}

/** Runs a test with a project in a folder and a database of its own. */
export async function withRun(
  files: ProjectFiles,
  test: (project: Project) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  await withDatabase(
    (db) => withProject(files, (dir) => test(projectOf(db, dir))),
    options,
  );
}

/** Runs a test with a new role, which goes when the test passes. */
export async function withRole(
  db: TestDatabase,
  test: (role: TestRole) => Promise<void>,
): Promise<void> {
  const name = `${db.name}_role`;
  await db.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
  const url = new URL(db.url);
  url.username = name;
  url.password = "secret";
  await test({ name, url: url.href });
  await db.query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
}

/** The exit code, and the error's code when there is one. */
export function ending({ code, error }: Answer): readonly [number, string] {
  return [code, error?.code ?? ""];
}

/** Each step as in `001 done`. */
export function stepsOf({ steps }: Answer): readonly string[] {
  return steps.map(({ version, status }) => `${version} ${status}`);
}

/** Each version of the status as in `001 applied`. */
export function statesOf({ versions }: Answer): readonly string[] {
  return versions.map(({ version, state }) => `${version} ${state}`);
}

/** Each finding as in `003 failed_row`. */
export function findingsOf({ findings }: Answer): readonly string[] {
  return findings.map(({ version, code }) => `${version} ${code}`);
}

/** Each change of a repair as in `003 remove_row done`. */
export function changesOf({ changes }: Answer): readonly string[] {
  return changes.map(({ version, action, status }) =>
    `${version} ${action} ${status}`
  );
}

/** Path, line and column, as people see them. */
export function placeOf(
  { location }: { readonly location?: AnswerPlace } = {},
): string {
  return [location?.path, location?.line, location?.column]
    .filter((part) => part !== undefined).join(":");
}

/** The values of a query of one column. */
export async function column(
  db: TestDatabase,
  sql: string,
): Promise<readonly unknown[]> {
  return (await db.query(sql)).map((row) => Object.values(row)[0]);
}

/** The names of the tables in a schema, without the tracking tables. */
export async function tablesOf(
  db: TestDatabase,
  schema = "public",
): Promise<readonly unknown[]> {
  return await column(
    db,
    `SELECT tablename::text FROM pg_tables WHERE schemaname = '${schema}'
     AND tablename NOT LIKE 'schema_migrations%' ORDER BY 1`,
  );
}

/** Each row of the log as in `001 migrate applied`, oldest first. */
export async function logOf(
  db: TestDatabase,
  log = "schema_migrations_log",
): Promise<readonly unknown[]> {
  return await column(
    db,
    `SELECT concat_ws(' ', version, direction, outcome) FROM ${log} ORDER BY id`,
  );
}

function projectOf(db: TestDatabase, dir: string): Project {
  const runOn = (url: string, args: readonly string[]) =>
    runLockstep(args, {
      cwd: dir,
      env: { DATABASE_URL: url, LANG: "C.UTF-8" },
    });
  async function jsonOn(url: string, args: readonly string[]) {
    return readAnswer(await runOn(url, [...args, "--json"]));
  }
  return {
    db,
    dir,
    run: (...args) => runOn(db.url, args),
    json: (...args) => jsonOn(db.url, args),
    async done(...args) {
      const answer = await jsonOn(db.url, args);
      equal(answer.code, 0, `${args.join(" ")}: ${answer.error?.message}`);
      return answer;
    },
    jsonAs: (role, ...args) => jsonOn(role.url, args),
    write: (files) => writeMigrations(dir, files),
    remove: (path) =>
      Deno.remove(join(dir, "migrations", path), { recursive: true }),
  };
}

function readAnswer({ code, stdout, stderr }: CliResult): Answer {
  const document: Answer = JSON.parse(stdout);
  return { ...document, code, stderr };
}
