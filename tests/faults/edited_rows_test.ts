import { equal } from "node:assert/strict";
import { join } from "node:path";
import type { TestDatabase } from "../helpers/database.ts";
import {
  type FaultBench,
  faultCount,
  seededRandom,
  withBench,
} from "../helpers/faults.ts";
import { countFault } from "../helpers/fault_counts.ts";

const VERSIONS = [1, 2, 3, 4];

/** Running one twice fails nothing: only the effects tell. */
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  VERSIONS.flatMap((number) => [
    [
      `00${number}_step.sql`,
      `INSERT INTO effects VALUES (${number});\n` +
      `CREATE TABLE IF NOT EXISTS t${number} (id int);\n` +
      (number === 3 ? "REINDEX TABLE CONCURRENTLY effects;\n" : ""),
    ],
    [
      `rollbacks/00${number}_step_down.sql`,
      `INSERT INTO effects VALUES (-${number});\n` +
      (number === 3 ? "REINDEX TABLE CONCURRENTLY effects;\n" : ""),
    ],
  ]),
);

/** What stands in a column once somebody has been there. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "schema_migrations.version": ["'1'", "'0002'", "'abc'", "''", "'99'", "NULL"],
  "schema_migrations.name": ["''", "NULL", "'it''s'", "repeat('x', 255)"],
  "schema_migrations.applied_at": [
    "NULL",
    "'infinity'",
    "'-infinity'",
    "'4000-01-01 BC'",
    "'200000-01-01'",
  ],
  "schema_migrations.checksum": ["'x'", "''", "NULL"],
  "schema_migrations.success": ["TRUE", "FALSE", "FALSE", "NULL"],
  "schema_migrations.execution_time_ms": ["NULL", "-5", "2147483647"],
  "schema_migrations.rolled_back_at": ["now()", "now()", "'infinity'", "NULL"],
  "schema_migrations.rollback_reason": ["NULL", "'\x1b[31mwhy'"],
  "schema_migrations.migration_type": ["'down'", "NULL", "''"],
  "schema_migrations.file_path": ["''", "NULL", "'/etc/passwd'", "'../x.sql'"],
  "schema_migrations.dependencies": [
    "NULL",
    "'{NULL}'",
    "'{{a},{b}}'",
    "'{999}'",
    "'{001,4}'",
  ],
  "schema_migrations.run_id": ["NULL", "gen_random_uuid()"],
  "schema_migrations.started_at": ["NULL", "'infinity'", "'-infinity'"],
  "schema_migrations.direction": [
    "NULL",
    "'migrate'",
    "'rollback'",
    "'sideways'",
  ],
  "schema_migrations.statements_done": [
    "NULL",
    "0",
    "1",
    "2",
    "99",
    "-1",
    "2147483647",
  ],
  "schema_migrations.statements_fingerprint": ["NULL", "''", "'x'"],
  "schema_migrations.statement_started": ["NULL", "0", "1", "2", "99", "-1"],
  "schema_migrations.error": ["NULL", "'it broke'"],
  "schema_migrations.error_sqlstate": ["NULL", "'57P01'", "'?'"],
  "schema_migrations_log.version": ["NULL", "''", "'1'"],
  "schema_migrations_log.direction": ["NULL", "'sideways'"],
  "schema_migrations_log.outcome": ["NULL", "'failed'", "'x'"],
  "schema_migrations_log.hash": ["NULL", "'x'"],
  "schema_migrations_log.previous_hash": ["NULL", "'x'"],
  "schema_migrations_log.finished_at": ["NULL", "'infinity'"],
  "schema_migrations_log.statements": ["NULL", "-1"],
  "schema_migrations_rollbacks.directives": [
    "NULL",
    "'null'",
    "'[]'",
    `'"off"'`,
    `'{"irreversible": true}'`,
    `'{"lockTimeoutMs": "x"}'`,
  ],
  "schema_migrations_rollbacks.checksum": ["NULL", "'x'"],
  "schema_migrations_rollbacks.script": ["NULL", "''", "'SELECT 1/0'"],
  "schema_migrations_rollbacks.file_path": ["NULL", "''", "'../x.sql'"],
  "schema_migrations_rollbacks.version": ["'1'", "'x'"],
};

const WHOLE_EDITS: readonly string[] = [
  "INSERT INTO schema_migrations (version, name, checksum, file_path) " +
  "VALUES ('1', 'step', 'x', 'x')",
  "INSERT INTO schema_migrations (version, name, checksum, file_path, success) " +
  "VALUES ('02', 'step', 'x', 'x', FALSE)",
  "INSERT INTO schema_migrations (version, name, checksum, file_path) " +
  "VALUES ('77', 'nobody''s', 'x', 'x')",
  "DELETE FROM schema_migrations WHERE version = '002'",
  "DELETE FROM schema_migrations",
  "DELETE FROM schema_migrations_log WHERE version = '002'",
  "DELETE FROM schema_migrations_log",
  "UPDATE schema_migrations_log SET id = -id",
  "DELETE FROM schema_migrations_rollbacks WHERE version = '003'",
  "DELETE FROM schema_migrations_rollbacks",
];

const COMMANDS: readonly (readonly string[])[] = [
  ["migrate"],
  ["migrate", "--force"],
  ["migrate", "--allow-out-of-order", "--force"],
  ["migrate", "--dry-run"],
  ["rollback"],
  ["rollback", "--count", "2", "--force"],
  ["rollback", "--to", "0"],
  ["rollback", "--to", "001", "--dry-run"],
  ["status"],
];

const TABLES = [
  "schema_migrations",
  "schema_migrations_log",
  "schema_migrations_rollbacks",
];

Deno.test("rows that were edited by hand get a clear answer, and nothing runs twice", async () => {
  await withBench(FILES, async (bench) => {
    const { db, dir } = bench;
    const downFiles = join(dir, "migrations/rollbacks");
    await prepare(bench);
    const random = seededRandom("edited rows");
    const trials = faultCount(200);
    let misreported = 0;
    let duplicated = 0;
    let lost = 0;
    for (let trial = 0; trial < trials; trial++) {
      await reset(db);
      const edits = chooseEdits(random);
      for (const edit of edits) await db.query(edit).catch(requireDuplicate);
      const before = await readRows(db);
      const command = pick(random, COMMANDS);
      // Without the files a rollback runs the copies in the database.
      const isBare = random() < 0.4;
      if (isBare) await Deno.rename(downFiles, `${downFiles}_away`);

      const end = await bench.run([...command, "--json"]);

      if (isBare) await Deno.rename(`${downFiles}_away`, downFiles);
      const after = await readRows(db);
      const story = `${command.join(" ")} after ${edits.join("; ")}: ` +
        `${end.code} ${end.stdout.slice(-1_500)} ${end.stderr}`;
      const isClear = [0, 2, 3, 5, 6].includes(end.code) &&
        isReport(end.stdout);
      if (!isClear) misreported++;
      if (after.length < before.length) lost++;
      const ran = await readEffects(db);
      const twice = wronglyRun(before, ran);
      duplicated += twice.length;
      if (!isClear || twice.length > 0 || after.length < before.length) {
        console.log(`${twice.join(" ")} ${story}`);
      }
    }
    countFault("rows of the history edited by hand", {
      injected: trials,
      lost,
      duplicated,
      misreported,
    });
  });
});

interface Row {
  readonly version: string | null;
  readonly isApplied: boolean;
}

async function prepare({ db, run }: FaultBench): Promise<void> {
  await db.query("CREATE TABLE effects (number int)");
  const { code, stderr } = await run(["migrate", "003"]);
  equal(code, 0, stderr);
  const columns = Object.keys(VALUES).map((name) => name.split("."));
  for (const [table = "", column = ""] of columns) {
    if (`${table}.${column}` === "schema_migrations_rollbacks.version") {
      continue;
    }
    await db.query(`ALTER TABLE ${table} ALTER COLUMN ${column} DROP NOT NULL`);
  }
  for (const table of TABLES) {
    await db.query(`CREATE TABLE saved_${table} AS TABLE ${table}`);
  }
}

async function reset(db: TestDatabase): Promise<void> {
  await db.query(
    "TRUNCATE effects; " +
      TABLES.map((table) =>
        `TRUNCATE ${table}; INSERT INTO ${table} TABLE saved_${table}`
      ).join("; "),
  );
}

function chooseEdits(random: () => number): readonly string[] {
  const count = 1 + Math.floor(random() * 4);
  return Array.from({ length: count }, () => {
    if (random() < 0.15) return pick(random, WHOLE_EDITS);
    const [name, values] = pick(random, Object.entries(VALUES));
    const [table, column] = name.split(".");
    const row = `ctid = (SELECT ctid FROM ${table} ORDER BY ` +
      `md5(ctid::text || '${random()}') LIMIT 1)`;
    return `UPDATE ${table} SET ${column} = ${
      pick(random, values)
    } WHERE ${row}`;
  });
}

/** Two rows cannot have one version, whoever edits them. */
function requireDuplicate(error: unknown): void {
  const isDuplicate = error instanceof Error && "code" in error &&
    error.code === "23505";
  if (!isDuplicate) throw error;
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("There is nothing to pick from");
  return item;
}

async function readRows(db: TestDatabase): Promise<readonly Row[]> {
  const rows = await db.query(
    "SELECT version, (success AND rolled_back_at IS NULL) IS TRUE AS applied " +
      "FROM schema_migrations",
  );
  return rows.map(({ version, applied }) => ({
    version: version === null ? null : String(version),
    isApplied: applied === true,
  }));
}

async function readEffects(db: TestDatabase): Promise<readonly number[]> {
  const rows = await db.query("SELECT number FROM effects");
  return rows.map(({ number }) => Number(number));
}

/** What ran though its row said that it was done, or ran more than once. */
function wronglyRun(
  before: readonly Row[],
  effects: readonly number[],
): readonly number[] {
  return effects.filter((effect, at) => {
    const rows = before.filter(({ version }) =>
      version !== null && /^[0-9]+$/.test(version) &&
      Number(version) === Math.abs(effect)
    );
    const isApplied = rows.some((row) => row.isApplied);
    const isWrong = effect > 0 ? isApplied : rows.length === 0;
    return isWrong || effects.indexOf(effect) !== at;
  });
}

function isReport(stdout: string): boolean {
  try {
    const { kind, error } = JSON.parse(stdout);
    return typeof kind === "string" && error?.code !== "bug";
  } catch {
    return false;
  }
}
