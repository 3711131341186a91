import type { Finding } from "../finding.ts";
import {
  compareNumbered,
  hasStatements,
  historyRows,
  notText,
  textOf,
  withoutLines,
} from "./foreign_text.ts";
import type { BothWays } from "./dbmate.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignReading,
  ForeignTool,
} from "./foreign.ts";
import { joinHistory, type KnownFile } from "./join_history.ts";

/** node-pg-migrate: programs or SQL, and a row with the name of each. */
export const nodePgMigrate: ForeignTool = {
  name: "node-pg-migrate",
  title: "node-pg-migrate",
  folders: ["migrations"],
  looksAt: (path) => FILE.test(path),
  tables: [{
    role: "history",
    name: "pgmigrations",
    columns: ["name", "run_on"],
  }],
  read,
};

/** Cuts a file at `-- Up Migration` and `-- Down Migration`. */
export function splitNodePgMigrate(text: string): BothWays {
  const up = text.search(UP);
  const down = text.search(DOWN);
  const upSql = up < 0
    ? down < 0 ? text : text.slice(0, down)
    : text.slice(up, down < up ? undefined : down);
  const downSql = down < 0 ? "" : text.slice(down, up < down ? undefined : up);
  return {
    up: { sql: bare(upSql) },
    ...(hasStatements(downSql) && { down: { sql: bare(downSql) } }),
  };
}

const FILE = /^[^/.][^/]*\.(?:[cm]?js|[cm]?ts|sql)$/;
const UP = /^\s*--[\s-]*up\s+migration/im;
const DOWN = /^\s*--[\s-]*down\s+migration/im;

function bare(text: string): string {
  return withoutLines(
    text,
    (line) => /^\s*--[\s-]*(?:up|down)\s+migration/i.test(line),
  );
}

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files
    .filter(({ path }) => !path.endsWith(".d.ts"))
    .flatMap((file) => readFile(file, findings))
    .sort((a, b) => compareNumbered(a.migration, b.migration));
  const rows = historyRows(input).map((row) => {
    const key = row["name"] ?? "";
    const at = row["run_on"];
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
    findings: [...findings, ...joined.findings],
    left: [],
  };
}

function readFile(
  file: ForeignFile,
  findings: Finding[],
): readonly KnownFile[] {
  const { path } = file;
  const key = path.replace(/\.[^.]+$/, "");
  const known = { id: path, ...namesOf(key), source: path };
  if (!path.endsWith(".sql")) return [{ key, migration: known }];
  const text = textOf(file);
  if (text === undefined) {
    findings.push(notText(path));
    return [];
  }
  return [{ key, migration: { ...known, ...splitNodePgMigrate(text) } }];
}

function namesOf(key: string): { version?: string; name: string } {
  const [, version, name = ""] = /^([0-9]+)(?:[_-](.*))?$/.exec(key) ?? [];
  return version === undefined ? { name: key } : { version, name };
}
