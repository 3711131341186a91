import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
// @ts-types="@types/pg"
import pg from "pg";
import {
  POSTGRES_VERSIONS,
  type PostgresMajor,
} from "../../scripts/embedded_postgres.ts";
import type { Queryable } from "./catalog_snapshot.ts";

/** The roles that the fixtures of dumps name. */
const ROLES = ["lockstep_dump_owner", "lockstep_dump_reader"] as const;

/** The major of the pg_dump on PATH, if there are servers of it to test with. */
export async function findPgDump(): Promise<PostgresMajor | undefined> {
  const version = await outputOf("pg_dump", ["--version"]);
  const major = Number(/ (\d+)[.\d]*/.exec(version ?? "")?.[1]);
  return isKnown(major) ? major : undefined;
}

/** The path of a program on PATH. */
export function findOnPath(program: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/** What pg_dump writes of a database, with one key for all `\restrict`. */
export async function dump(
  url: string,
  options: readonly string[] = [],
): Promise<string> {
  const text = await requireOutput("pg_dump", [...options, url]);
  return text.replaceAll(/^(\\(?:un)?restrict) \w+$/gm, "$1 key");
}

/** Runs a file through psql, whose first error ends it. */
export async function runWithPsql(url: string, path: string): Promise<void> {
  const options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path];
  await requireOutput("psql", [...options, url]);
}

/**
 * Runs a test on a server with the roles. They go when it passes, unless a
 * database that a failed test has left needs them.
 */
export async function withDumpRoles(
  serverUrl: string,
  test: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const role of ROLES) {
      const { rowCount } = await client.query(
        "SELECT FROM pg_roles WHERE rolname = $1",
        [role],
      );
      if (rowCount === 0) await client.query(`CREATE ROLE ${role}`);
    }
    await test();
    await dropUnusedRoles(client);
  } finally {
    await client.end();
  }
}

/**
 * What the tables, sequences and large objects of a database hold, a line
 * each, but for the schema `lockstep`.
 */
export async function contents(db: Queryable): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { name, kind } of await db.query(RELATIONS)) {
    const [row] = await db.query(
      kind === "S"
        ? `SELECT concat_ws(' ', last_value, is_called) AS held FROM ${name}`
        : `SELECT concat_ws(' ', count(*), md5(string_agg(r::text, E'\\n'
             ORDER BY r::text COLLATE "C"))) AS held FROM ONLY ${name} AS r`,
    );
    lines.push(`${name}: ${row?.["held"]}`);
  }
  const objects = await db.query(LARGE_OBJECTS);
  return [...lines, ...objects.map(({ held }) => String(held))];
}

const RELATIONS = `
  SELECT c.oid::regclass::text AS name, c.relkind AS kind
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_'
    AND n.nspname NOT IN ('information_schema', 'lockstep')
    AND (c.relkind IN ('r', 'S') OR c.relkind = 'm' AND c.relispopulated)
  ORDER BY 1`;

const LARGE_OBJECTS = `
  SELECT concat_ws(' ', 'large object', m.oid,
    (SELECT string_agg(encode(o.data, 'hex'), ' ' ORDER BY o.pageno)
     FROM pg_catalog.pg_largeobject AS o WHERE o.loid = m.oid)) AS held
  FROM pg_catalog.pg_largeobject_metadata AS m ORDER BY m.oid`;

async function dropUnusedRoles(client: pg.Client): Promise<void> {
  for (const role of ROLES) {
    try {
      await client.query(`DROP ROLE ${role}`);
    } catch (error) {
      const isUsed = error instanceof pg.DatabaseError &&
        error.code === "2BP01";
      if (!isUsed) throw error;
    }
  }
}

function isKnown(major: number): major is PostgresMajor {
  return major in POSTGRES_VERSIONS;
}

async function requireOutput(
  program: string,
  args: readonly string[],
): Promise<string> {
  const output = await outputOf(program, args);
  if (output !== undefined) return output;
  throw new Error(`Cannot run "${program}" as it is not installed`);
}

/** What a program prints; undefined if there is no such program. */
async function outputOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
    }).output();
    if (success) return new TextDecoder().decode(stdout);
    throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
