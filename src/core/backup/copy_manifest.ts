import type { SchemaObject } from "../schema/schema_object.ts";

/** What a restore does with an object of a backup. */
export type CopyRole =
  /** It is dropped where it is there, and made anew. */
  | "replace"
  /** It is made where it is missing. */
  | "ensure";

/** An object of a database in a backup. */
export interface CopyObject extends SchemaObject {
  readonly role: CopyRole;
}

/** What is done in turn to bring a backup back. */
export type CopyStep =
  | {
    readonly do: "create";
    /** Its place in the list of objects. */
    readonly object: number;
    readonly part: "early" | "main" | "late" | "privileges";
  }
  /** Makes a table a partition of one that was not replaced. */
  | { readonly do: "attach"; readonly object: number; readonly sql: string }
  /** Fills a table, by its place in the list of tables. */
  | { readonly do: "load"; readonly table: number }
  /** Sets all sequences. */
  | { readonly do: "set_sequences" }
  | { readonly do: "refresh"; readonly object: number };

/** That a publication has a table of a backup that does not hold it. */
export interface CopyPublication {
  readonly publication: string;
  readonly table: string;
  readonly sql: string;
}

/** A file in a backup. */
export interface CopyMember {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A table with data, which may be in several files. */
export interface CopyTable {
  readonly name: string;
  readonly object: number;
  /** As SQL; empty where COPY takes all there are. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly members: readonly CopyMember[];
}

/** Where a sequence stood. */
export interface CopySequence {
  readonly name: string;
  /** Without one it comes and goes with its table. */
  readonly object?: number;
  readonly value: string;
  readonly isCalled: boolean;
}

/** What a backup made with COPY says of itself. */
export interface CopyManifest {
  readonly format: typeof COPY_FORMAT;
  readonly tool: string;
  readonly database: string;
  /** Such as `18.4`. */
  readonly serverVersion: string;
  /** By the server's clock, in UTC. */
  readonly createdAt: string;
  /** Of the data, by the server's name for it. */
  readonly encoding: string;
  readonly scope: "database" | "part";
  /** The tracking table and its log, as SQL. */
  readonly tracking: { readonly table: string; readonly log: string };
  readonly objects: readonly CopyObject[];
  readonly steps: readonly CopyStep[];
  readonly tables: readonly CopyTable[];
  readonly sequences: readonly CopySequence[];
  readonly publications: readonly CopyPublication[];
  /** The files that are not the data of a table. */
  readonly scripts: readonly CopyMember[];
}

/** The only format so far. */
export const COPY_FORMAT = 1;

/** The file that says what the others are, the last one. */
export const MANIFEST_NAME = "manifest.json";

/** Reads a manifest; undefined if it is none of a format that is known. */
export function parseManifest(text: string): CopyManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isManifest(value) ? value : undefined;
}

/** All files that a backup must have besides the manifest. */
export function membersOf(
  { scripts, tables }: CopyManifest,
): readonly CopyMember[] {
  return [...scripts, ...tables.flatMap(({ members }) => members)];
}

/** Its digest is compared before, so only the format can be another one. */
function isManifest(value: unknown): value is CopyManifest {
  return typeof value === "object" && value !== null && "format" in value &&
    value.format === COPY_FORMAT &&
    LISTS.every((list) =>
      list in value && Array.isArray(Reflect.get(value, list))
    );
}

const LISTS = [
  "objects",
  "steps",
  "tables",
  "sequences",
  "publications",
  "scripts",
];
