import { hash } from "node:crypto";
import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import {
  baseName,
  compareNumbered,
  findPlaceholder,
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
  ForeignTool,
} from "./foreign.ts";
import { joinHistory, type KnownFile } from "./join_history.ts";

/** graphile-migrate: committed files that are chained by their hashes. */
export const graphileMigrate: ForeignTool = {
  name: "graphile-migrate",
  title: "graphile-migrate",
  folders: ["migrations"],
  looksAt: (path) =>
    ["committed/", "current/", "current.sql"].includes(path) ||
    COMMITTED.test(path) || /^current\/[^/]+\.sql$/.test(path),
  tables: [{
    role: "history",
    name: "graphile_migrate.migrations",
    columns: ["hash", "filename"],
  }],
  checksum: "SHA-1",
  read,
};

/** The parts of a committed file. */
export interface CommittedFile {
  readonly hash: string;
  /** What its header and its body come to. */
  readonly actualHash: string;
  readonly sql: string;
  readonly transaction?: "off";
}

/** Reads the header of a committed file, which ends at an empty line. */
export function parseCommitted(text: string): CommittedFile | undefined {
  const [, header = "", body = ""] =
    /^((?:--! [^\n]*\n)+)\n([^]*)$/.exec(text.replaceAll("\r\n", "\n")) ?? [];
  const previous = /^--! Previous: (.*)$/m.exec(header)?.[1];
  const stored = /^--! Hash: (.*)$/m.exec(header)?.[1];
  if (previous === undefined || stored === undefined) return undefined;
  const before = previous === "-" ? "" : previous;
  const whole = `${`${before}\n${body}`.trim()}\n`;
  const marker = /^--!\s*no-transaction\b[^\n]*\n?/.exec(body)?.[0];
  return {
    hash: stored,
    actualHash: `sha1:${hash("sha1", whole, "hex")}`,
    sql: marker === undefined ? body : body.slice(marker.length),
    ...(marker !== undefined && { transaction: "off" }),
  };
}

/** Those of the tool itself, and those of a project, which look like them. */
const PLACEHOLDER = /(?<![\w:'"]):[A-Z][A-Z0-9_]*\b/;
const COMMITTED = /^committed\/([0-9]{6,})(?:-([^/]*))?\.sql$/;

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files
    .filter(({ path }) => COMMITTED.test(path))
    .flatMap((file) => readFile(file, findings))
    .sort((a, b) => compareNumbered(a.migration, b.migration));
  const rows = historyRows(input).map((row) => {
    const filename = row["filename"] ?? "";
    const [, version, name = "graphile_migrate"] =
      COMMITTED.exec(`committed/${filename}`) ?? [];
    const at = row["date"];
    return {
      key: filename,
      id: filename,
      ...(version !== undefined && { version }),
      name,
      application: at === undefined ? {} : { at },
      checksum: row["hash"],
    };
  });
  const joined = joinHistory(files, rows);
  return {
    migrations: joined.migrations,
    findings: [
      ...findings,
      ...findUncommitted(input.files),
      ...joined.findings,
    ],
    left: [],
  };
}

function readFile(
  file: ForeignFile,
  findings: Finding[],
): readonly KnownFile[] {
  const { path } = file;
  const [, version = "", name] = COMMITTED.exec(path) ?? [];
  const text = textOf(file);
  const committed = text === undefined ? undefined : parseCommitted(text);
  if (committed === undefined) {
    findings.push(
      text === undefined
        ? notText(path)
        : notReadable(path, "its header has no hash"),
    );
    return [];
  }
  const { actualHash, sql, transaction } = committed;
  const migration = {
    id: baseName(path),
    version,
    name: name ?? "migration",
    source: path,
    up: { sql, ...(transaction !== undefined && { transaction }) },
    ...findPlaceholder(sql, PLACEHOLDER),
  };
  return [{
    key: baseName(path),
    migration,
    check: (stored) =>
      stored === committed.hash && stored === actualHash ? "same" : "changed",
  }];
}

/** What stands in the current migration is in no history. */
function findUncommitted(files: readonly ForeignFile[]): readonly Finding[] {
  return files
    .filter(({ path }) => path.startsWith("current"))
    .filter((file) => hasStatements(textOf(file) ?? ""))
    .map(({ path }) => ({
      severity: "error",
      code: "not_adoptable",
      message: `Cannot adopt "${showName(path)}" as it is not committed`,
      hint:
        `run "graphile-migrate commit" and "graphile-migrate migrate", or ` +
        "move it into a migration of lockstep afterwards",
      location: { path },
    }));
}
