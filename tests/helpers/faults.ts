import { deepEqual } from "node:assert/strict";
import { readLogBreaks } from "../../src/io/postgres/history_store.ts";
import { trackingNames } from "../../src/io/postgres/tracking_sql.ts";
import {
  type CliOptions,
  type CliResult,
  runLockstep,
  type RunningLockstep,
  spawnLockstep,
} from "./cli.ts";
import { connectTo } from "./connecting.ts";
import {
  type DatabaseOptions,
  type TestDatabase,
  withDatabase,
} from "./database.ts";
import { type ProjectFiles, withProject } from "./project.ts";

/** A project and a database, and lockstep on both. */
export interface FaultBench {
  readonly db: TestDatabase;
  readonly dir: string;
  /** Runs lockstep to its end; `env` may name another way to the database. */
  run(args: readonly string[], env?: CliOptions["env"]): Promise<CliResult>;
  /** Starts lockstep; the caller awaits its result. */
  spawn(args: readonly string[], env?: CliOptions["env"]): RunningLockstep;
}

/** Runs a test with these migrations and a database of its own. */
export async function withBench(
  files: ProjectFiles,
  test: (bench: FaultBench) => Promise<void>,
  database: DatabaseOptions = {},
): Promise<void> {
  await withDatabase((db) =>
    withProject(files, (dir) => {
      const options = (env: CliOptions["env"]) => ({
        cwd: dir,
        env: { DATABASE_URL: db.url, LANG: "C.UTF-8", ...env },
      });
      return test({
        db,
        dir,
        run: (args, env) => runLockstep(args, options(env)),
        spawn: (args, env) => spawnLockstep(args, options(env)),
      });
    }), database);
}

/**
 * How often to inject a fault: the full count, times LOCKSTEP_FAULT_SCALE. A
 * tenth unless told; `scripts/deno task faults` makes it all.
 */
export function faultCount(full: number): number {
  const scale = Number(Deno.env.get("LOCKSTEP_FAULT_SCALE") ?? "0.1");
  return Math.max(1, Math.round(full * scale));
}

/**
 * Numbers from 0 to 1 that come again with the same LOCKSTEP_FAULT_SEED, which
 * is printed.
 */
export function seededRandom(title: string): () => number {
  const given = Deno.env.get("LOCKSTEP_FAULT_SEED");
  let state = given === undefined ? 20_250_105 : Number(given);
  console.log(`${title}: LOCKSTEP_FAULT_SEED=${state}`);
  // Mulberry32, by Tommy Ettinger, in the public domain.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waits for a time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const PATIENCE_MS = 60_000;

/** Asks again and again until the answer is yes. */
export async function waitUntil(
  claim: string,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!await isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${claim}`);
    await pause(20);
  }
}

/** Waits until a backend of this database runs a statement with this text. */
export async function waitForStatement(
  db: TestDatabase,
  text: string,
): Promise<void> {
  await waitUntil(`"${text}" runs`, async () => {
    const rows = await db.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() " +
        "AND state = 'active' AND pid <> pg_backend_pid() " +
        "AND position($1 IN query) > 0",
      [text],
    );
    return rows.length > 0;
  });
}

/** Versions in the history with their state, as `001 applied`. */
export async function readStates(
  db: TestDatabase,
  table = "public.schema_migrations",
): Promise<readonly string[]> {
  const rows = await db.query(
    `SELECT version || CASE WHEN rolled_back_at IS NOT NULL THEN ' rolled back' ` +
      `WHEN success THEN ' applied' ELSE ' open' END AS state ` +
      `FROM ${table} ORDER BY version`,
  );
  return rows.map(({ state }) => String(state));
}

/** Fails unless every row of the log fits the chain of hashes. */
export async function requireWholeLog(db: TestDatabase): Promise<void> {
  await using connection = await connectTo(db.url);
  const names = trackingNames("public.schema_migrations");
  deepEqual(await readLogBreaks(connection, names), []);
}

/** Ends backends of lockstep in this database that hold, or not, its lock. */
export async function terminate(
  db: TestDatabase,
  which: "keeper" | "worker" | "both",
): Promise<number> {
  const locks = "SELECT l.pid FROM pg_locks l WHERE l.locktype = 'advisory' " +
    "AND l.objsubid = 2 AND l.classid = 12345";
  const condition = {
    keeper: `AND pid IN (${locks})`,
    worker: `AND pid NOT IN (${locks})`,
    both: "",
  }[which];
  const rows = await db.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
      "WHERE datname = current_database() " +
      `AND application_name LIKE 'lockstep/%' ${condition}`,
  );
  return rows.length;
}

/** `007` for 7. */
export function versionOf(number: number): string {
  return String(number).padStart(3, "0");
}
