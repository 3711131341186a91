import type { TestDatabase } from "./database.ts";
import { versionOf } from "./faults.ts";
import type { ProjectFiles } from "./project.ts";

/** Which way a run goes. */
export type Way = "migrate" | "rollback";

/** What the migrations work with, to be made before the first run. */
export const MIXED_SETUP = `
CREATE TABLE round (number int);
INSERT INTO round VALUES (1);
CREATE FUNCTION this_round() RETURNS int LANGUAGE sql STABLE
AS 'SELECT number FROM round';
CREATE TABLE effects (
  version int, part int, way text, round int DEFAULT this_round()
);
-- What an index is built on takes a while.
CREATE FUNCTION lag(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
  IF a = 1 THEN PERFORM pg_sleep(0.03); END IF;
  RETURN a;
END $$;
-- Commits after each part; when it is called again it goes on.
CREATE PROCEDURE fill(which int, how text) LANGUAGE plpgsql AS $$
BEGIN
  FOR n IN 11..15 LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM effects WHERE (version, part, way, round) =
        (which, n, how, this_round())
    );
    PERFORM pg_sleep(0.003);
    INSERT INTO effects VALUES (which, n, how);
    COMMIT;
  END LOOP;
END $$;`;

/**
 * Migrations of seven kinds in turn, with rollbacks: atomic ones, concurrent
 * builds and drops of indexes alone and among other statements, new values of
 * an enum, and a CALL that commits in a loop. What they insert into `effects`
 * would show if it came twice. The first one does nothing.
 */
export function mixedMigrations(count: number): ProjectFiles {
  const files: Record<string, string> = { "001_start.sql": "SELECT 1;\n" };
  for (const { version, kind, table } of steps(count)) {
    const name = `${versionOf(version)}_step`;
    const places = (way: Way): Places => ({
      table,
      effect: (part) =>
        `INSERT INTO effects VALUES (${version}, ${part}, '${way}');\n`,
      call: `CALL fill(${version}, '${way}');\n`,
    });
    files[`${name}.sql`] = kind.up(places("migrate"));
    files[`rollbacks/${name}_down.sql`] = kind.down(places("rollback"));
  }
  return files;
}

/** What a round leaves in `effects`, as in `7.1 migrate 1`. */
export function expectedEffects(
  count: number,
  way: Way,
  round: number,
): readonly string[] {
  return steps(count).flatMap(({ version, kind }) =>
    kind.parts.map((part) => `${version}.${part} ${way} ${round}`)
  );
}

/** What is in `effects`, in the same words. */
export async function readEffects(
  db: TestDatabase,
): Promise<readonly unknown[]> {
  const rows = await db.query(
    "SELECT version || '.' || part || ' ' || way || ' ' || round AS effect " +
      "FROM effects",
  );
  return rows.map(({ effect }) => effect);
}

/** The indexes that are there when all migrations are applied. */
export function expectedIndexes(count: number): readonly string[] {
  return steps(count).flatMap(({ kind, table }) =>
    kind.indexes.map((column) => `${table}_${column}`)
  ).sort();
}

/** The indexes of the migrations; an INVALID one has that behind its name. */
export async function readIndexes(
  db: TestDatabase,
): Promise<readonly unknown[]> {
  const rows = await db.query(
    "SELECT indexrelid::regclass::text || " +
      "CASE WHEN indisvalid THEN '' ELSE ' INVALID' END AS name " +
      "FROM pg_index WHERE indrelid IN " +
      "(SELECT oid FROM pg_class WHERE relname ~ '^t[0-9]+$')",
  );
  return rows.map(({ name }) => String(name)).sort();
}

interface MixedStep {
  readonly version: number;
  readonly kind: MixedKind;
  readonly table: string;
}

interface MixedKind {
  /** What is left in `effects` by each of its scripts. */
  readonly parts: readonly number[];
  /** The columns that an index is left on. */
  readonly indexes: readonly string[];
  up(places: Places): string;
  down(places: Places): string;
}

interface Places {
  /** The table of its group of seven. */
  readonly table: string;
  /** The statement that leaves a part. */
  effect(part: number): string;
  /** The statement that leaves the parts from 11 on. */
  readonly call: string;
}

const KINDS: readonly MixedKind[] = [
  {
    parts: [1],
    indexes: [],
    up: ({ table, effect }) =>
      `CREATE TYPE e${table} AS ENUM ('old');\n` +
      `CREATE TABLE ${table} (a int, b int);\n` +
      `INSERT INTO ${table} SELECT n, n FROM generate_series(1, 300) n;\n` +
      effect(1),
    down: ({ table, effect }) =>
      `DROP TABLE ${table};\nDROP TYPE e${table};\n` + effect(1),
  },
  {
    parts: [1, 2],
    indexes: ["a"],
    up: ({ table, effect }) => effect(1) + build(table, "a") + effect(2),
    down: ({ table, effect }) => effect(1) + drop(table, "a") + effect(2),
  },
  { parts: [1, 2], indexes: [], up: atomic, down: atomic },
  {
    parts: [],
    indexes: ["b", "ab"],
    up: ({ table }) => build(table, "b") + build(table, "ab"),
    down: ({ table }) => drop(table, "ab") + drop(table, "b"),
  },
  {
    parts: [1, 2],
    indexes: ["ba"],
    up: ({ table, effect }) =>
      "BEGIN;\n" + effect(1) + build(table, "ba") + effect(2) + "COMMIT;\n",
    down: ({ table, effect }) =>
      effect(1) + `REINDEX TABLE CONCURRENTLY ${table};\n` + effect(2) +
      drop(table, "ba"),
  },
  {
    parts: [1, 2],
    indexes: [],
    up: ({ table, effect }) =>
      effect(1) + `ALTER TYPE e${table} ADD VALUE IF NOT EXISTS 'new';\n` +
      `ALTER TABLE ${table} ADD COLUMN e e${table} DEFAULT 'new';\n` +
      effect(2),
    down: ({ table, effect }) =>
      effect(1) + `ALTER TABLE ${table} DROP COLUMN e;\n` + effect(2),
  },
  {
    parts: [1, 11, 12, 13, 14, 15, 2],
    indexes: [],
    up: calling,
    down: calling,
  },
];

function steps(count: number): readonly MixedStep[] {
  return Array.from({ length: count - 1 }, (_, index) => {
    const number = index % KINDS.length;
    const kind = KINDS[number];
    if (kind === undefined) throw new Error(`No kind ${number}`);
    return { version: index + 2, kind, table: `t${index - number}` };
  });
}

function build(table: string, columns: string): string {
  return `CREATE INDEX CONCURRENTLY ${table}_${columns} ON ${table} ` +
    `(${columns.split("").map((column) => `lag(${column})`).join(", ")});\n`;
}

function drop(table: string, columns: string): string {
  return `DROP INDEX CONCURRENTLY ${table}_${columns};\n`;
}

function atomic({ effect }: Places): string {
  return `BEGIN;\n${effect(1)}SELECT pg_sleep(0.01);\n${effect(2)}COMMIT;\n`;
}

function calling({ effect, call }: Places): string {
  return `-- lockstep: transaction=off\n${effect(1)}${call}${effect(2)}`;
}
