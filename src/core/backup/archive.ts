import { quoteIdentifier } from "../sql/quote.ts";

/** An object in an archive of pg_dump. */
export interface ArchiveEntry {
  /** The line of `pg_restore --list` that names it. */
  readonly line: string;
  /** Such as `TABLE` or `TABLE DATA`. */
  readonly kind: string;
  /**
   * Its schema or `-`, its name, and its owner; none is quoted, so where one
   * ends is sure only to who knows it.
   */
  readonly rest: string;
}

/** What an archive says of itself. */
export interface ArchiveContents {
  readonly database: string;
  /** As pg_dump writes it, with the time zone of its host. */
  readonly createdAt: string;
  /** Such as `18.4`. */
  readonly serverVersion: string;
  readonly entries: readonly ArchiveEntry[];
}

/** Reads what `pg_restore --list` prints; undefined if it is something else. */
export function parseArchiveList(text: string): ArchiveContents | undefined {
  if (!/^;\s+TOC Entries: \d+/m.test(text)) return undefined;
  return {
    database: headerValue(text, "dbname"),
    createdAt: /^; Archive created at (.*)$/m.exec(text)?.[1] ?? "",
    serverVersion: headerValue(text, "Dumped from database version")
      .split(" ")[0] ?? "",
    entries: text.split("\n").flatMap((line) => parseEntry(line) ?? []),
  };
}

/** How many tables with data there are. */
export function countTables({ entries }: ArchiveContents): number {
  return entries.filter(({ kind }) => kind === "TABLE DATA").length;
}

/**
 * What an archive lacks that was made with `--schema-only` or `--data-only`:
 * without rows, tables would come back empty; without tables, rows would come
 * on top of those that are there.
 */
export function findMissingHalf(
  { entries }: ArchiveContents,
): "rows" | "tables" | undefined {
  const has = (wanted: string) => entries.some(({ kind }) => kind === wanted);
  if (has("TABLE") && !has("TABLE DATA")) return "rows";
  // An extension makes its tables itself.
  const isAllRows = has("TABLE DATA") && !has("TABLE") && !has("EXTENSION");
  return isAllRows ? "tables" : undefined;
}

/** A table, without quotes. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** What is in the target already and must stay, by unquoted names. */
export interface KeptObjects {
  /** The log of the migrations, when it is there. */
  readonly log?: TableName;
  /** Tables of extensions, in which users keep rows. */
  readonly extensionTables: readonly TableName[];
  readonly schemas: readonly string[];
  readonly extensions: readonly string[];
}

/**
 * The entries to restore, as a list for `pg_restore --use-list`: all but the
 * log, which must not forget what was done since, and schemas and extensions
 * that are there, which could not be dropped with what was made in them since.
 * As these extensions stay, so do the rows in their tables.
 */
export function listToRestore(
  { entries }: ArchiveContents,
  kept: KeptObjects,
): string {
  return entries
    .filter((entry) => !isOfLog(entry, kept) && !isThere(entry, kept))
    .filter((entry) => extensionTableOf(entry, kept) === undefined)
    .map(({ line }) => `${line}\n`).join("");
}

/** The tables of extensions whose rows are in the archive and stay there. */
export function listUnrestored(
  { entries }: ArchiveContents,
  kept: KeptObjects,
): readonly TableName[] {
  return entries.filter(({ kind }) => kind === "TABLE DATA")
    .flatMap((entry) => extensionTableOf(entry, kept) ?? []);
}

/** Whether a table is in the archive. */
export function hasTable(
  { entries }: ArchiveContents,
  { schema, name }: TableName,
): boolean {
  return entries.some((entry) =>
    entry.kind === "TABLE" && entry.rest.startsWith(`${schema} ${name} `)
  );
}

function headerValue(text: string, name: string): string {
  return new RegExp(`^;\\s+${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
}

/** `dump id; catalog id, object id, kind, schema or "-", name, owner`. */
function parseEntry(line: string): ArchiveEntry | undefined {
  const rest = /^\d+; \d+ \d+ (.*)$/.exec(line)?.[1];
  if (rest === undefined) return undefined;
  const kind = KINDS.find((word) => rest.startsWith(`${word} `)) ??
    /^[A-Z]+(?: [A-Z]+)*/.exec(rest)?.[0] ?? "";
  return { line, kind, rest: rest.slice(kind.length + 1) };
}

/** The kinds that matter here; a name in upper case may follow any of them. */
const KINDS = [
  "TABLE DATA",
  "TABLE ATTACH",
  "TABLE",
  "SEQUENCE SET",
  "SEQUENCE OWNED BY",
  "SEQUENCE",
  "DEFAULT ACL",
  "DEFAULT",
  "FK CONSTRAINT",
  "CHECK CONSTRAINT",
  "CONSTRAINT",
  "INDEX ATTACH",
  "INDEX",
  "TRIGGER",
  "POLICY",
  "ROW SECURITY",
  "RULE",
  "ACL",
  "COMMENT",
  "SECURITY LABEL",
  "SCHEMA",
  "EXTENSION",
  "STATISTICS DATA",
  "STATISTICS",
  "PUBLICATION TABLE",
];

const PREFIXES = ["", "TABLE ", "SEQUENCE ", "COLUMN "];

/** Names are in quotes in some kinds of entries, where they need any. */
function isOfLog({ rest }: ArchiveEntry, { log }: KeptObjects): boolean {
  if (log === undefined) return false;
  const { schema, name } = log;
  const sequence = `${name}_id_seq`;
  return [name, sequence, quoteIdentifier(name), quoteIdentifier(sequence)]
    .some((form) =>
      PREFIXES.some((prefix) =>
        [" ", "."].some((end) =>
          rest.startsWith(`${schema} ${prefix}${form}${end}`)
        )
      )
    );
}

function extensionTableOf(
  { kind, rest }: ArchiveEntry,
  { extensionTables }: KeptObjects,
): TableName | undefined {
  if (kind !== "TABLE DATA" && kind !== "SEQUENCE SET") return undefined;
  return extensionTables.find(({ schema, name }) =>
    rest.startsWith(`${schema} ${name} `)
  );
}

function isThere(
  { kind, rest }: ArchiveEntry,
  { schemas, extensions }: KeptObjects,
): boolean {
  if (kind === "SCHEMA") {
    return schemas.some((name) => rest.startsWith(`- ${name} `));
  }
  // They have no owner in the list, and names with spaces are in no quotes.
  return extensions.some((name) =>
    kind === "EXTENSION"
      ? rest.trimEnd() === `- ${name}`
      : kind === "COMMENT" && rest.trimEnd() === `- EXTENSION ${name}`
  );
}
