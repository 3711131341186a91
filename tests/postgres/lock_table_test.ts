import { deepEqual, equal, notEqual } from "node:assert/strict";
import type pg from "pg";
import { locksOf } from "../../src/core/locks/statement_locks.ts";
import {
  LOCK_MODES,
  type LockMode,
  strongest,
} from "../../src/core/locks/lock_mode.ts";
import type { TableLock } from "../../src/core/locks/table_lock.ts";
import { loadGrammar } from "../../src/io/grammar.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import {
  LOCK_CASES,
  LOCK_SCHEMA,
  type LockCase,
  LONE_LOCK_CASES,
} from "../helpers/lock_cases.ts";

const grammar = await loadGrammar();

/** What the server did to a relation. */
interface Seen {
  readonly kind: string;
  readonly mode: LockMode;
  readonly isNewFile: boolean;
  readonly scans: number;
}

Deno.test("locksOf() says what the server locks, reads and rewrites", () =>
  withDatabase(async (db) => {
    const major = await prepare(db);
    const client = await db.connect();
    const wrong: Record<string, unknown> = {};
    for (const one of LOCK_CASES) {
      if (major < (one.from ?? 0)) continue;
      const faults = await lockedBy(client, one.sql).then(
        (seen) => compare(one, predicted(one.sql), seen),
        (error) => [String(error)],
      );
      if (faults.length > 0) wrong[one.sql] = faults;
    }
    deepEqual(wrong, {}, JSON.stringify(wrong, undefined, 1));
  }));

for (const { sql, table } of LONE_LOCK_CASES) {
  Deno.test(`locksOf() says what ${sql} waits for`, () =>
    withDatabase(async (db) => {
      await prepare(db);
      const locks = predicted(sql);
      const expected = locks.find((lock) => lock.table?.name === table) ??
        locks.find(({ other }) => other !== undefined);

      const mode = await requestedBy(db, sql, table);

      equal(mode, expected?.mode);
    }));
}

async function prepare(db: TestDatabase): Promise<number> {
  await db.query(LOCK_SCHEMA);
  const [row] = await db.query(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  return Number(row?.["major"]);
}

function predicted(sql: string): readonly TableLock[] {
  const tree = grammar.parse(sql);
  const locks = tree === undefined ? undefined : locksOf(tree);
  notEqual(locks, undefined, sql);
  return locks ?? [];
}

const FILES = "SELECT c.oid, c.relname, c.relkind, c.relfilenode, " +
  "coalesce(pg_stat_get_xact_numscans(c.oid), 0)::int AS scans " +
  "FROM pg_class c WHERE relnamespace = 'public'::regnamespace";

async function lockedBy(
  client: pg.Client,
  sql: string,
): Promise<ReadonlyMap<string, Seen>> {
  const before = await client.query(FILES);
  await client.query("BEGIN");
  try {
    await client.query(sql);
    const { rows: locks } = await client.query(
      "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() " +
        "AND locktype = 'relation'",
    );
    const { rows: after } = await client.query(FILES);
    const seen = new Map<string, Seen>();
    for (const { oid, relname, relkind, relfilenode, scans } of before.rows) {
      const modes: LockMode[] = locks
        .filter(({ relation }) => relation === oid)
        .map(({ mode }) => modeNamed(mode));
      const now = after.find((row) => row.oid === oid);
      if (modes.length === 0) continue;
      seen.set(relname, {
        kind: relkind,
        mode: modes.reduce(strongest),
        isNewFile: now !== undefined && now.relfilenode !== relfilenode,
        scans: (now?.scans ?? scans) - scans,
      });
    }
    return seen;
  } finally {
    await client.query("ROLLBACK");
  }
}

/** `ShareUpdateExclusiveLock` is SHARE UPDATE EXCLUSIVE. */
function modeNamed(name: string): LockMode {
  const words = name.replace(/Lock$/, "").replaceAll(/(?!^)([A-Z])/g, " $1");
  const mode = LOCK_MODES.find((one) => one === words.toUpperCase());
  if (mode === undefined) throw new Error(`There is no mode ${name}`);
  return mode;
}

function compare(
  { makesNewFile, alsoReads }: LockCase,
  locks: readonly TableLock[],
  seen: ReadonlyMap<string, Seen>,
): readonly string[] {
  const faults: string[] = [];
  for (const { table, mode, work, isWorkCertain } of locks) {
    if (table === undefined) continue;
    const was = seen.get(table.name);
    if (was?.mode !== mode) {
      faults.push(`${table.name} is locked ${was?.mode}, not ${mode}`);
    }
    if (was === undefined || !isWorkCertain) continue;
    const isRewrite = work === "rewrite";
    if (makesNewFile !== true && was.isNewFile !== isRewrite) {
      faults.push(`${table.name}: ${work}, but new file: ${was.isNewFile}`);
    }
    if (isDdl(mode) && (was.scans > 0) !== (work !== "none")) {
      faults.push(`${table.name}: ${work}, but scans: ${was.scans}`);
    }
  }
  const others = locks.filter(({ other }) => other !== undefined);
  for (const [name, { kind, mode }] of seen) {
    if (locks.some(({ table }) => table?.name === name)) continue;
    if (!["r", "p", "m"].includes(kind)) continue;
    if (others.some((other) => other.mode === mode)) continue;
    if (alsoReads === true && mode === "ACCESS SHARE") continue;
    faults.push(`${name} is locked ${mode}, and nothing says so`);
  }
  return faults;
}

/** Queries and changes of rows read what they like. */
function isDdl(mode: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) >=
    LOCK_MODES.indexOf("SHARE UPDATE EXCLUSIVE");
}

/** The lock that a statement waits for, as another holds one that is as weak. */
async function requestedBy(
  db: TestDatabase,
  sql: string,
  table: string,
): Promise<LockMode> {
  const holder = await db.connect();
  const waiter = await db.connect();
  const { rows: [{ pid }] } = await waiter.query(
    "SELECT pg_backend_pid() AS pid",
  );
  await holder.query(
    `BEGIN; LOCK TABLE ${table} IN SHARE UPDATE EXCLUSIVE MODE`,
  );
  const done = waiter.query(sql);
  let mode: string | undefined;
  while (mode === undefined) {
    const [row] = await db.query(
      "SELECT mode FROM pg_locks WHERE pid = $1 AND NOT granted " +
        "AND locktype = 'relation' AND relation = $2::regclass",
      [pid, table],
    );
    mode = row === undefined ? undefined : String(row["mode"]);
  }
  await holder.query("ROLLBACK");
  await done;
  return modeNamed(mode);
}
