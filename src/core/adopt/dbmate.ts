import {
  compareNumbered,
  hasStatements,
  historyRows,
  notReadable,
  notText,
  textOf,
} from "./foreign_text.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignReading,
  ForeignScript,
  ForeignTool,
} from "./foreign.ts";
import { joinHistory, type KnownFile } from "./join_history.ts";
import type { Finding } from "../finding.ts";

/** dbmate: one file with both directions, a table with versions alone. */
export const dbmate: ForeignTool = {
  name: "dbmate",
  title: "dbmate",
  folders: ["db/migrations"],
  looksAt: (path) => FILE.test(path),
  tables: [{
    role: "history",
    name: "schema_migrations",
    columns: ["version"],
    isExact: true,
  }],
  read,
};

/** Both directions of a file that marks where each of them starts. */
export interface BothWays {
  readonly up: ForeignScript;
  readonly down?: ForeignScript;
}

/** Cuts a file at `-- migrate:up` and `-- migrate:down`. */
export function splitDbmate(text: string): BothWays | undefined {
  const up = UP.exec(text);
  const down = DOWN.exec(text);
  if (up === null || (down !== null && down.index < up.index)) return undefined;
  if (hasStatements(text.slice(0, up.index))) return undefined;
  const upSql = text.slice(0, up.index) +
    text.slice(up.index + up[0].length, down?.index);
  const downSql = down === null ? "" : text.slice(down.index + down[0].length);
  return {
    up: script(upSql, up[0]),
    ...(down !== null && hasStatements(downSql) &&
      { down: script(downSql, down[0]) }),
  };
}

const FILE = /^([0-9]+)([^/]*)\.sql$/;
const UP = /^--\s*migrate:up(?:[^\S\n][^\n]*)?$/m;
const DOWN = /^--\s*migrate:down(?:[^\S\n][^\n]*)?$/m;

function script(sql: string, marker: string): ForeignScript {
  return /\stransaction:false(?:\s|$)/.test(marker)
    ? { sql, transaction: "off" }
    : { sql };
}

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files.flatMap((file) => readFile(file, findings))
    .sort((a, b) => compareNumbered(a.migration, b.migration));
  const rows = historyRows(input).map(({ version = "" }) => ({
    key: version,
    version,
    id: version,
    name: "dbmate",
    application: {},
  }));
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
  const [, version = "", rest = ""] = FILE.exec(file.path) ?? [];
  const text = textOf(file);
  const parts = text === undefined ? undefined : splitDbmate(text);
  if (parts === undefined) {
    findings.push(
      text === undefined ? notText(file.path) : notReadable(
        file.path,
        `it has no "-- migrate:up" before all statements`,
      ),
    );
    return [];
  }
  const migration = {
    id: file.path,
    version,
    name: rest.replace(/^_/, ""),
    source: file.path,
    ...parts,
  };
  return [{ key: version, migration }];
}
