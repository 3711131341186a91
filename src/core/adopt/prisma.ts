import { hash } from "node:crypto";
import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import {
  hasStatements,
  historyRows,
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

/** Prisma Migrate: a folder each, and a row with the SHA-256 of its SQL. */
export const prisma: ForeignTool = {
  name: "prisma",
  title: "Prisma Migrate",
  folders: ["prisma/migrations"],
  looksAt: (path) => /^[^/]+\/(?:(?:migration|down)\.sql)?$/.test(path),
  tables: [{
    role: "history",
    name: "_prisma_migrations",
    columns: ["migration_name", "finished_at"],
  }],
  checksum: "SHA-256",
  read,
};

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files
    .filter(({ path }) => path.endsWith("/migration.sql"))
    .flatMap((file) => readFile(file, input.files, findings))
    .sort((a, b) => a.key < b.key ? -1 : 1);
  const rows = historyRows(input).filter((row) =>
    row["rolled_back_at"] === undefined
  );
  const failed = rows.find((row) => row["finished_at"] === undefined);
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
  const key = file.path.slice(0, file.path.indexOf("/"));
  const sql = textOf(file);
  if (sql === undefined) {
    findings.push(notText(file.path));
    return [];
  }
  const back = all.find(({ path }) => path === `${key}/down.sql`);
  const downSql = back && textOf(back);
  const migration = {
    id: key,
    ...namesOf(key),
    source: file.path,
    up: { sql },
    ...(downSql !== undefined && hasStatements(downSql) &&
      { down: { sql: downSql } }),
  };
  return [{
    key,
    migration,
    check: (checksum) => compare(sql, file.bytes, checksum),
  }];
}

/** Folders start with a time, but one that was made by hand need not. */
function namesOf(key: string): { version?: string; name: string } {
  const [, version, name = ""] = /^([0-9]+)(?:_(.*))?$/.exec(key) ?? [];
  return version === undefined ? { name: key } : { version, name };
}

/** A file that git gave other line ends is the same to Prisma. */
function compare(
  sql: string,
  bytes: Uint8Array,
  checksum: string,
): ForeignCheck {
  const unix = sql.replaceAll("\r\n", "\n");
  const forms = [bytes, unix, unix.replaceAll("\n", "\r\n")];
  const isSame = forms.some((form) => hash("sha256", form, "hex") === checksum);
  return isSame ? "same" : "changed";
}

function readRow(row: ForeignRow): AppliedRow {
  const key = row["migration_name"] ?? "";
  const at = row["finished_at"];
  return {
    key,
    id: key,
    ...namesOf(key),
    application: at === undefined ? {} : { at },
    checksum: row["checksum"],
  };
}

function dirty({ migration_name: name = "" }: ForeignRow): Finding {
  return unfinished(
    `Prisma has "${showName(name)}" as failed`,
    "finish or undo by hand what it left, then run " +
      `"prisma migrate resolve" with --applied or --rolled-back`,
  );
}
