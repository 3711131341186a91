import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import {
  baseName,
  findPlaceholder,
  historyRows,
  isTrue,
  notText,
  textOf,
  unfinished,
} from "./foreign_text.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignMigration,
  ForeignReading,
  ForeignRow,
  ForeignTool,
  LeftFile,
} from "./foreign.ts";
import {
  type AppliedRow,
  joinHistory,
  type KnownFile,
} from "./join_history.ts";
import { checkLiquibase } from "./liquibase_checksum.ts";
import { type Changeset, parseChangesets } from "./liquibase_changesets.ts";
import { findProgramChangesets } from "./liquibase_programs.ts";

/** Liquibase: changesets, several to a file, known by author, id and file. */
export const liquibase: ForeignTool = {
  name: "liquibase",
  title: "Liquibase",
  folders: ["src/main/resources/db/changelog", "db/changelog", "changelog"],
  looksAt: (path) => /(?:\/|\.(?:sql|xml|ya?ml|json))$/.test(path),
  tables: [
    {
      role: "history",
      name: "databasechangelog",
      columns: ["id", "author", "filename"],
    },
    { role: "lock", name: "databasechangeloglock", columns: ["locked"] },
  ],
  checksum: "MD5",
  read,
};

function read(input: ForeignInput): ForeignReading {
  const shelf: Shelf = {
    rows: historyRows(input)
      .toSorted((a, b) =>
        Number(a["orderexecuted"]) - Number(b["orderexecuted"])
      ),
    findings: [...findLock(input)],
    left: [],
  };
  const files = input.files.toSorted((a, b) => a.path < b.path ? -1 : 1)
    .flatMap((file) => readFile(file, shelf));
  const rows = shelf.rows.flatMap((row) => readRow(row, shelf));
  const joined = joinHistory(files, rows);
  return {
    migrations: inOrder(joined.migrations, rows, files),
    findings: [...shelf.findings, ...joined.findings],
    left: shelf.left,
  };
}

interface Shelf {
  readonly rows: readonly ForeignRow[];
  readonly findings: Finding[];
  readonly left: LeftFile[];
}

function readFile(file: ForeignFile, shelf: Shelf): readonly KnownFile[] {
  const text = textOf(file);
  if (text === undefined) {
    shelf.findings.push(notText(file.path));
    return [];
  }
  if (!file.path.endsWith(".sql")) {
    return findProgramChangesets(text).map(({ author, id }) => ({
      key: keyOf({ author, id, path: pathInHistory(file.path, shelf.rows) }),
      migration: { id: `${author}:${id}`, name: id, source: file.path },
    }));
  }
  const changesets = parseChangesets(text);
  if (changesets === undefined) return readPlain(file, text, shelf);
  const logicalPath = /^[^\n]*\blogicalFilePath:(\S+)/i.exec(text.trimStart())
    ?.[1];
  const { path } = file;
  return changesets.flatMap((one) =>
    readChangeset(one, { path, logicalPath }, shelf)
  );
}

interface ChangelogFile {
  readonly path: string;
  /** What its first line says that it is. */
  readonly logicalPath: string | undefined;
}

/** A file without changesets is one, when includeAll found it. */
function readPlain(
  { path }: ForeignFile,
  sql: string,
  { rows, left }: Shelf,
): readonly KnownFile[] {
  const key = keyOf({
    author: "includeAll",
    id: "raw",
    path: pathInHistory(path, rows),
  });
  if (!rows.some((row) => keyOfRow(row) === key)) {
    left.push({ path, what: "SQL without a changeset" });
    return [];
  }
  const migration = {
    id: path,
    name: stemOf(path),
    source: path,
    up: { sql },
    ...findPlaceholder(sql),
  };
  const check = (checksum: string) => checkLiquibase(sql, checksum);
  return [{ key, migration, ...(isWhole(migration) && { check }) }];
}

/** What is put in changes the checksum. */
function isWhole({ untranslated }: KnownFile["migration"]): boolean {
  return untranslated === undefined;
}

function readChangeset(
  changeset: Changeset,
  { path, logicalPath }: ChangelogFile,
  { rows, findings, left }: Shelf,
): readonly KnownFile[] {
  const { author, id, attributes, sql, rollback } = changeset;
  const label = `${author}:${id}`;
  const dbms = attributes.get("dbms");
  const isElsewhere = dbms !== undefined && !/postgresql|all/i.test(dbms) ||
    /(?:^|,)\s*!postgresql/i.test(dbms ?? "");
  if (isElsewhere || attributes.get("ignore") === "true") {
    left.push({ path, what: `changeset ${label}, which never runs here` });
    return [];
  }
  const lost = findLost(changeset);
  if (lost !== undefined) findings.push(lossOf(label, path, lost));
  const transaction = attributes.get("runintransaction") === "false"
    ? { transaction: "off" } as const
    : {};
  const delimiter = attributes.get("enddelimiter");
  const migration = {
    id: label,
    name: /[a-z]/i.test(id) ? id : `${stemOf(path)}_${id}`,
    source: path,
    up: { sql, ...transaction },
    ...(rollback !== "" && { down: { sql: rollback, ...transaction } }),
    ...findPlaceholder(sql + rollback),
    ...(delimiter !== undefined && delimiter !== ";" && {
      untranslated: `its statements end in "${showName(delimiter)}"`,
    }),
  };
  const logical = attributes.get("logicalfilepath") ?? logicalPath;
  const known = logical ?? pathInHistory(path, rows);
  const { hashedSql } = changeset;
  const check = hashedSql !== undefined && isWhole(migration)
    ? { check: (checksum: string) => checkLiquibase(hashedSql, checksum) }
    : {};
  return [{ key: keyOf({ author, id, path: known }), migration, ...check }];
}

function stemOf(path: string): string {
  return baseName(path).replace(/\.sql$/, "");
}

interface ChangesetName {
  readonly author: string;
  readonly id: string;
  readonly path: string;
}

function keyOf({ author, id, path }: ChangesetName): string {
  return [author, id, path].join("\n");
}

function keyOfRow(row: ForeignRow): string {
  const path = plainPath(row["filename"] ?? "");
  return keyOf({ author: row["author"] ?? "", id: row["id"] ?? "", path });
}

function plainPath(path: string): string {
  return path.replace(/^classpath:/, "").replace(/^(?:\.?\/)+/, "");
}

/** Both paths end alike, as each starts from a folder of its own. */
function pathInHistory(path: string, rows: readonly ForeignRow[]): string {
  const paths = new Set(rows.map((row) => plainPath(row["filename"] ?? "")));
  const own = `/${path}`;
  const same = [...paths].filter((one) =>
    `/${one}`.endsWith(own) || own.endsWith(`/${one}`)
  );
  return same.sort((a, b) => b.length - a.length)[0] ?? path;
}

function readRow(row: ForeignRow, { findings }: Shelf): readonly AppliedRow[] {
  const { id = "", author = "", exectype } = row;
  const label = `${author}:${id}`;
  if (exectype === "SKIPPED") return [];
  if (exectype === "FAILED") {
    findings.push(unfinished(
      `Liquibase has the changeset "${showName(label)}" as failed`,
      "finish or undo by hand what it left, then run Liquibase again",
    ));
  }
  const at = row["dateexecuted"];
  return [{
    key: keyOfRow(row),
    id: label,
    name: /[a-z]/i.test(id) ? id : `liquibase_${id}`,
    application: at === undefined ? {} : { at },
    checksum: row["md5sum"],
  }];
}

/** What was run in the order in which it ran, then what is pending. */
function inOrder(
  migrations: readonly ForeignMigration[],
  rows: readonly AppliedRow[],
  files: readonly KnownFile[],
): readonly ForeignMigration[] {
  const places = new Map(rows.map(({ key }, index) => [key, index]));
  // Those without a file come first.
  const absent = migrations.length - files.length;
  const placed = migrations.slice(absent).map((one, index) => ({
    one,
    place: places.get(files[index]?.key ?? "") ?? rows.length,
  }));
  return [
    ...migrations.slice(0, absent),
    ...placed.sort((a, b) => a.place - b.place).map(({ one }) => one),
  ];
}

/** What a changeset can ask for that has no counterpart here. */
function findLost(
  { attributes, hasPreconditions }: Changeset,
): string | undefined {
  if (hasPreconditions) return "preconditions";
  return ["context", "contextfilter", "contexts", "labels"]
    .find((name) => attributes.has(name)) ??
    ["runOnChange", "runAlways"]
      .find((name) => attributes.get(name.toLowerCase()) === "true");
}

function lossOf(label: string, path: string, what: string): Finding {
  return {
    severity: "warning",
    code: "condition_lost",
    message: `The ${what} of the changeset "${showName(label)}" ` +
      `${what.endsWith("s") ? "are" : "is"} not taken over: it runs once, ` +
      "wherever it is pending",
    location: { path },
  };
}

function findLock(input: ForeignInput): readonly Finding[] {
  const rows = input.rows.get("lock") ?? [];
  if (!rows.some((row) => isTrue(row["locked"]))) return [];
  return [unfinished(
    "Liquibase holds its lock: a run is at work, or died",
    `wait for it, or look at what a dead run left and run ` +
      `"liquibase release-locks"`,
  )];
}
