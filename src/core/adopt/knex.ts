import type { Finding } from "../finding.ts";
import { historyRows, isTrue, unfinished } from "./foreign_text.ts";
import type { ForeignInput, ForeignReading, ForeignTool } from "./foreign.ts";
import { joinHistory } from "./join_history.ts";

/** knex: programs, and a row with the name of each that was run. */
export const knex: ForeignTool = {
  name: "knex",
  title: "knex",
  folders: ["migrations", "db/migrations", "src/migrations"],
  looksAt: (path) => FILE.test(path),
  tables: [
    { role: "history", name: "knex_migrations", columns: ["name", "batch"] },
    { role: "lock", name: "knex_migrations_lock", columns: ["is_locked"] },
  ],
  read,
};

/** The endings that knex loads. */
const FILE = /^[^/]+\.(?:c?js|mjs|[cm]?ts|co|coffee|eg|iced|litcoffee|ls)$/;

function read(input: ForeignInput): ForeignReading {
  const files = input.files
    .filter(({ path }) => !path.endsWith(".d.ts"))
    .map(({ path }) => ({
      key: path,
      migration: { id: path, ...namesOf(path), source: path },
    }))
    .sort((a, b) => a.key < b.key ? -1 : 1);
  const rows = historyRows(input).map((row) => {
    const key = row["name"] ?? "";
    const at = row["migration_time"];
    return {
      key,
      id: key,
      ...namesOf(key),
      application: at === undefined ? {} : { at },
    };
  });
  const joined = joinHistory(files, rows);
  return {
    migrations: joined.migrations,
    findings: [...findLock(input), ...joined.findings],
    left: [],
  };
}

function namesOf(key: string): { version?: string; name: string } {
  const plain = key.replace(/\.[^.]+$/, "");
  const [, version, name = ""] = /^([0-9]+)(?:_(.*))?$/.exec(plain) ?? [];
  return version === undefined ? { name: plain } : { version, name };
}

function findLock(input: ForeignInput): readonly Finding[] {
  const rows = input.rows.get("lock") ?? [];
  if (!rows.some((row) => isTrue(row["is_locked"]))) return [];
  return [unfinished(
    "knex holds its lock: a run is at work, or died",
    `wait for it, or look at what a dead run left and run ` +
      `"knex migrate:unlock"`,
  )];
}
