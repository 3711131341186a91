import { hash } from "node:crypto";
import type { Finding } from "../finding.ts";
import {
  compareNumbered,
  hasStatements,
  historyRows,
  isTrue,
  notText,
  textOf,
  unfinished,
} from "./foreign_text.ts";
import type {
  ForeignCheck,
  ForeignFile,
  ForeignInput,
  ForeignReading,
  ForeignRow,
  ForeignTool,
} from "./foreign.ts";
import {
  type AppliedRow,
  joinHistory,
  type KnownFile,
} from "./join_history.ts";

/** sqlx: one file, or a pair, and a row with the SHA-384 of the way forward. */
export const sqlx: ForeignTool = {
  name: "sqlx",
  title: "sqlx",
  folders: ["migrations"],
  looksAt: (path) => FILE.test(path),
  tables: [{
    role: "history",
    name: "_sqlx_migrations",
    columns: ["version", "success", "checksum"],
  }],
  checksum: "SHA-384",
  read,
};

const FILE = /^([0-9]+)_([^/]*?)(?:\.(up|down))?\.sql$/;

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files.filter(({ path }) =>
    FILE.exec(path)?.[3] !== "down"
  )
    .flatMap((file) => readFile(file, input.files, findings))
    .sort((a, b) => compareNumbered(a.migration, b.migration));
  const rows = historyRows(input);
  const failed = rows.find((row) => !isTrue(row["success"]));
  if (failed !== undefined) findings.push(dirty(failed));
  const joined = joinHistory(files, rows.map(readRow));
  return {
    migrations: joined.migrations,
    findings: [...findings, ...joined.findings],
    left: [],
  };
}

function readFile(
  file: ForeignFile,
  all: readonly ForeignFile[],
  findings: Finding[],
): readonly KnownFile[] {
  const { path, bytes } = file;
  const [, version = "", name = ""] = FILE.exec(path) ?? [];
  const sql = textOf(file);
  if (sql === undefined) {
    findings.push(notText(path));
    return [];
  }
  const back = all.find((other) => other.path === downOf(path));
  const downSql = back === undefined ? "" : textOf(back);
  if (back !== undefined && downSql === undefined) {
    findings.push(notText(back.path));
  }
  const migration = {
    id: path,
    version,
    name,
    source: path,
    up: scriptOf(sql),
    ...(downSql !== undefined && hasStatements(downSql) &&
      { down: scriptOf(downSql) }),
  };
  return [{
    key: String(BigInt(version)),
    migration,
    check: (checksum) => compare(bytes, checksum),
  }];
}

function downOf(path: string): string {
  return path.replace(/\.up\.sql$/, ".down.sql");
}

function scriptOf(sql: string) {
  const marker = "-- no-transaction";
  return sql.startsWith(marker)
    ? { sql: sql.slice(marker.length), transaction: "off" as const }
    : { sql };
}

/** The column is of bytes, which the server writes as `\x…`. */
function compare(bytes: Uint8Array, checksum: string): ForeignCheck {
  return checksum === `\\x${hash("sha384", bytes, "hex")}` ? "same" : "changed";
}

const NS_PER_MS = 1_000_000;

function readRow(row: ForeignRow): AppliedRow {
  const version = row["version"] ?? "";
  const at = row["installed_on"];
  const ns = Number(row["execution_time"] ?? -1);
  return {
    key: version,
    version,
    id: version,
    name: row["description"] ?? "",
    application: {
      ...(at !== undefined && { at }),
      ...(ns >= 0 && { executionTimeMs: Math.round(ns / NS_PER_MS) }),
    },
    checksum: row["checksum"],
  };
}

function dirty({ version = "" }: ForeignRow): Finding {
  return unfinished(
    `sqlx marks version ${version} as not successful: it stopped part-way`,
    "finish or undo by hand what it left, then set success to true or delete " +
      "the row in _sqlx_migrations",
  );
}
