import type { Finding } from "../finding.ts";

/** A file of another tool's folder. */
export interface ForeignFile {
  /** From that folder, with "/". */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A row of a table of another tool: every column as text, NULL as undefined. */
export type ForeignRow = Readonly<Record<string, string | undefined>>;

/** A table of another tool. */
export interface ForeignTable {
  /** What its reader calls it; the one called `history` must be there. */
  readonly role: string;
  /** As the tool calls it unless it is told otherwise. */
  readonly name: string;
  /** By which it is told from another tool's table of that name. */
  readonly columns: readonly string[];
  /** Whether it has these columns and no others. */
  readonly isExact?: true;
}

/** All that is read of another tool. */
export interface ForeignInput {
  readonly files: readonly ForeignFile[];
  /** The rows of a table by its role; of one that is not there, none. */
  readonly rows: ReadonlyMap<string, readonly ForeignRow[]>;
}

/** SQL of another tool, without its markers. */
export interface ForeignScript {
  readonly sql: string;
  /** Where the tool ran it outside a transaction. */
  readonly transaction?: "off";
}

/** What another tool's history says of a migration that is applied. */
export interface ForeignApplication {
  /** As the server wrote it; absent where the tool keeps no time. */
  readonly at?: string;
  readonly executionTimeMs?: number;
}

/** One migration of another tool. */
export interface ForeignMigration {
  /** What people know it by there, such as `V1.2__add_email.sql`. */
  readonly id: string;
  /**
   * What orders it there: digits, or numbers with dots; absent where only its
   * place in the list does.
   */
  readonly version?: string;
  /** Words for a file name. */
  readonly name: string;
  /** Its file, from the folder; absent when there is none. */
  readonly source?: string;
  /** Absent for a program and for a migration without a file. */
  readonly up?: ForeignScript;
  readonly down?: ForeignScript;
  /** Absent while it is pending. */
  readonly applied?: ForeignApplication;
  /** What comparing the file with the tool's own checksum gave. */
  readonly check: ForeignCheck;
  /** Why the SQL is not what would run; ends a sentence with "as". */
  readonly untranslated?: string;
}

/** Whether a file is what was applied; `none` where nothing says so. */
export type ForeignCheck = "same" | "changed" | "none";

/** What another tool's files and history say together. */
export interface ForeignReading {
  /** In the order in which that tool applies them. */
  readonly migrations: readonly ForeignMigration[];
  readonly findings: readonly Finding[];
  /** Files that have no counterpart here, each with what it is. */
  readonly left: readonly LeftFile[];
}

/** A file that is not taken over. */
export interface LeftFile {
  readonly path: string;
  readonly what: string;
}

/** A tool that migrations can be adopted from. */
export interface ForeignTool {
  /** For `--from`. */
  readonly name: string;
  /** As its makers write it. */
  readonly title: string;
  /** Where its files usually are; the first one that is there counts. */
  readonly folders: readonly string[];
  /** Whether a file, or a folder that ends in "/", is looked at. */
  readonly looksAt: (path: string) => boolean;
  readonly tables: readonly ForeignTable[];
  /** The checksum that it keeps, such as `CRC32`; absent when it keeps none. */
  readonly checksum?: string;
  readonly read: (input: ForeignInput) => ForeignReading;
}
