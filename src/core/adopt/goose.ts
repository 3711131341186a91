import type { Finding } from "../finding.ts";
import { tokenize } from "../sql/tokens.ts";
import {
  compareNumbered,
  findPlaceholder,
  hasStatements,
  historyRows,
  isTrue,
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
import type { BothWays } from "./dbmate.ts";
import {
  type AppliedRow,
  joinHistory,
  type KnownFile,
} from "./join_history.ts";

/** goose: one file with both directions, and a row for each that was run. */
export const goose: ForeignTool = {
  name: "goose",
  title: "goose",
  folders: ["migrations", "db/migrations", "sql/migrations"],
  looksAt: (path) => FILE.test(path) && !path.endsWith("_test.go"),
  tables: [{
    role: "history",
    name: "goose_db_version",
    columns: ["version_id", "is_applied"],
  }],
  read,
};

/** Cuts a file at `-- +goose Up` and `-- +goose Down`. */
export function splitGoose(text: string): BothWays | undefined {
  const marks = [...text.matchAll(MARK)];
  const up = marks.find(([, word]) => word === "Up");
  const down = marks.find(([, word]) => word === "Down");
  if (up === undefined || (down !== undefined && down.index < up.index)) {
    return undefined;
  }
  const head = text.slice(0, up.index);
  const transaction = marks.some(([, word]) => word === "NO TRANSACTION")
    ? { transaction: "off" } as const
    : {};
  const downSql = down === undefined ? "" : bare(text.slice(down.index));
  return {
    up: { sql: bare(head + text.slice(up.index, down?.index)), ...transaction },
    ...(hasStatements(downSql) && { down: { sql: downSql, ...transaction } }),
  };
}

const FILE = /^([0-9]+)_([^/]*)\.(sql|go)$/;
const MARK = /^--\s*\+goose\s+(.*?)\s*$/gm;

/** Without the marks; what one ends ends here in a semicolon. */
function bare(text: string): string {
  let bared = "";
  let begun = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const word = /^--\s*\+goose\s+(.*?)\s*$/.exec(line)?.[1];
    if (word === undefined) bared += line;
    if (word === "StatementBegin") begun = bared.length;
    if (word === "StatementEnd") bared += missingEnd(bared.slice(begun));
  }
  return bared;
}

function missingEnd(statement: string): string {
  const last = [...tokenize(statement)].at(-1);
  return last === undefined || last.text === ";" ? "" : ";\n";
}

function read(input: ForeignInput): ForeignReading {
  const findings: Finding[] = [];
  const files = input.files.flatMap((file) => readFile(file, findings))
    .sort((a, b) => compareNumbered(a.migration, b.migration));
  const joined = joinHistory(files, readRows(input));
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
  const [, digits = "", name = "", extension] = FILE.exec(path) ?? [];
  const key = String(BigInt(digits));
  const known = { id: path, version: digits, name, source: path };
  if (extension === "go") return [{ key, migration: known }];
  const text = textOf(file);
  const parts = text === undefined ? undefined : splitGoose(text);
  if (text === undefined || parts === undefined) {
    findings.push(
      text === undefined
        ? notText(path)
        : notReadable(path, `"-- +goose Up" does not come first in it`),
    );
    return [];
  }
  const isFilledIn = /^--\s*\+goose\s+ENVSUB(?:ST)?\s+ON/m.test(text);
  const untranslated = isFilledIn ? findPlaceholder(text) : {};
  return [{ key, migration: { ...known, ...parts, ...untranslated } }];
}

/** The last row of a version counts; version 0 is the table's first row. */
function readRows(input: ForeignInput): readonly AppliedRow[] {
  const last = new Map<string, AppliedRow>();
  const rows = historyRows(input).toSorted((a, b) =>
    Number(a["id"]) - Number(b["id"])
  );
  for (const row of rows) {
    const version = row["version_id"] ?? "0";
    if (version === "0") continue;
    const at = row["tstamp"];
    last.delete(version);
    if (!isTrue(row["is_applied"])) continue;
    last.set(version, {
      key: version,
      version,
      id: version,
      name: "goose",
      application: at === undefined ? {} : { at },
    });
  }
  return [...last.values()];
}
