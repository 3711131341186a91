import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import { flywayChecksum } from "./flyway_checksum.ts";
import {
  type FlywayHistory,
  flywayKey,
  type FlywayRow,
  readFlywayHistory,
} from "./flyway_history.ts";
import {
  baseName,
  findPlaceholder,
  hasStatements,
  historyRows,
  notText,
  textOf,
  unfinished,
} from "./foreign_text.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignMigration,
  ForeignReading,
  ForeignScript,
  ForeignTool,
} from "./foreign.ts";

/** Flyway: versioned, undo and repeatable files, and a row with the CRC-32. */
export const flyway: ForeignTool = {
  name: "flyway",
  title: "Flyway",
  folders: [
    "src/main/resources/db/migration",
    "db/migration",
    "sql",
    "migrations",
  ],
  looksAt: (path) =>
    /(?:\/|\.sql|\.sql\.conf|__[^/]*\.(?:java|kt))$/.test(path),
  tables: [{
    role: "history",
    name: "flyway_schema_history",
    columns: ["installed_rank", "script", "success"],
  }],
  checksum: "CRC-32",
  read,
};

const NAME = /^([VUR])([0-9][0-9._]*)?__(.*)\.(sql|java|kt)$/;

interface NamedFile {
  readonly file: ForeignFile;
  readonly kind: string;
  readonly version: string;
  readonly description: string;
  readonly isSql: boolean;
}

function read(input: ForeignInput): ForeignReading {
  const named = input.files.map(findName).filter((one) => one !== undefined);
  const history = readFlywayHistory(historyRows(input));
  const findings = history.failed.map(failed);
  const shelf = { files: input.files, named, history, findings };
  const versioned = named.filter(({ kind }) => kind === "V")
    .map((one) => readVersioned(one, shelf))
    .sort((a, b) => compareDotted(a.version ?? "", b.version ?? ""));
  const repeatable = named.filter(({ kind }) => kind === "R")
    .sort((a, b) => a.description < b.description ? -1 : 1)
    .map((one) => readRepeatable(one, shelf));
  const isApplied = (one: ForeignMigration) => one.applied !== undefined;
  const isPending = (one: ForeignMigration) => one.applied === undefined;
  return {
    migrations: [
      ...findAbsent(history, named),
      ...versioned.filter(isApplied),
      ...repeatable.filter(isApplied),
      // Flyway runs what is repeatable after all that is not.
      ...versioned.filter(isPending),
      ...repeatable.filter(isPending),
    ],
    findings,
    left: input.files
      .filter((file) =>
        file.path.endsWith(".sql") && findName(file) === undefined
      )
      .map(({ path }) => ({ path, what: "a callback or a baseline script" })),
  };
}

function findName(file: ForeignFile): NamedFile | undefined {
  const match = NAME.exec(baseName(file.path));
  if (match === null) return undefined;
  const [, kind = "", version = "", description = "", extension] = match;
  // A version belongs to all but what is repeatable.
  if ((kind === "R") !== (version === "")) return undefined;
  return {
    file,
    kind,
    version: version.replaceAll("_", "."),
    description,
    isSql: extension === "sql",
  };
}

/** What the reading of one file looks around in. */
interface Shelf {
  readonly files: readonly ForeignFile[];
  readonly named: readonly NamedFile[];
  readonly history: FlywayHistory;
  readonly findings: Finding[];
}

function readVersioned(one: NamedFile, shelf: Shelf): ForeignMigration {
  const { version } = one;
  const { versioned, baseline } = shelf.history;
  const row = versioned.get(flywayKey(version));
  const isBelow = baseline !== undefined &&
    compareDotted(version, baseline.version) <= 0;
  const applied = row ?? (isBelow ? baseline : undefined);
  const undo = shelf.named.find(({ kind, version: other }) =>
    kind === "U" && flywayKey(other) === flywayKey(version)
  );
  const text = readText(one, shelf);
  const down = undo === undefined ? "" : readText(undo, shelf) ?? "";
  return {
    ...describe(one, text, shelf),
    version,
    ...(undo !== undefined && hasStatements(down) &&
      { down: scriptOf(undo, down, shelf) }),
    ...(applied !== undefined && { applied: applied.application }),
    check: compare(text, row),
  };
}

/** One that changed since it was run is to run again. */
function readRepeatable(one: NamedFile, shelf: Shelf): ForeignMigration {
  const row = shelf.history.repeatable.get(
    one.description.replaceAll("_", " "),
  );
  const text = readText(one, shelf);
  const isApplied = row !== undefined && compare(text, row) !== "changed";
  shelf.findings.push(repeatableOnce(one, row !== undefined && !isApplied));
  return {
    ...describe(one, text, shelf),
    ...(isApplied && { applied: row.application }),
    check: isApplied ? compare(text, row) : "none",
  };
}

function describe(one: NamedFile, text: string | undefined, shelf: Shelf) {
  return {
    id: baseName(one.file.path),
    name: one.description,
    source: one.file.path,
    ...(text !== undefined && {
      up: scriptOf(one, text, shelf),
      ...findPlaceholder(text),
    }),
  };
}

function readText(
  { file, isSql }: NamedFile,
  { findings }: Shelf,
): string | undefined {
  if (!isSql) return undefined;
  const text = textOf(file);
  if (text === undefined) findings.push(notText(file.path));
  return text;
}

function scriptOf(
  { file }: NamedFile,
  sql: string,
  { files }: Shelf,
): ForeignScript {
  const conf = files.find(({ path }) => path === `${file.path}.conf`);
  const isOff = conf !== undefined &&
    /^\s*(?:flyway\.)?executeInTransaction\s*=\s*false\s*$/im
      .test(textOf(conf) ?? "");
  return isOff ? { sql, transaction: "off" } : { sql };
}

function compare(
  text: string | undefined,
  row: FlywayRow | undefined,
): ForeignMigration["check"] {
  if (text === undefined || row?.checksum === undefined) return "none";
  return flywayChecksum(text) === Number(row.checksum) ? "same" : "changed";
}

function compareDotted(a: string, b: string): number {
  const first = a.split(/[._]/);
  const second = b.split(/[._]/);
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const one = BigInt(first[i] ?? "0");
    const other = BigInt(second[i] ?? "0");
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function findAbsent(
  { versioned, repeatable, baseline }: FlywayHistory,
  files: readonly NamedFile[],
): readonly ForeignMigration[] {
  const versions = new Set(files.map(({ version }) => flywayKey(version)));
  const descriptions = new Set(
    files.map(({ description }) => description.replaceAll("_", " ")),
  );
  const rows = [
    ...(baseline === undefined ? [] : [baseline]),
    ...versioned.values(),
  ].filter(({ version }) => !versions.has(flywayKey(version)));
  const others = [...repeatable.values()]
    .filter(({ description }) => !descriptions.has(description));
  return [...rows, ...others]
    .map(({ version, description, script, application }) => ({
      id: script,
      ...(version !== "" && { version }),
      name: description,
      applied: application,
      check: "none",
    }));
}

function failed(script: string): Finding {
  return unfinished(
    `Flyway has "${showName(script)}" as failed`,
    `finish or undo by hand what it left, then run "flyway repair"`,
  );
}

function repeatableOnce({ file }: NamedFile, isChanged: boolean): Finding {
  const name = showName(file.path);
  return {
    severity: "warning",
    code: "repeatable",
    message: isChanged
      ? `"${name}" changed since Flyway ran it and becomes a pending migration`
      : `"${name}" becomes a migration that runs once, not at each change`,
    hint: "for a change of it, create a migration",
    location: { path: file.path },
  };
}
