import type { MigrationHeader } from "./migration_header.ts";

/** A version of the schema: the file that leads to it, and the one back. */
export interface Migration {
  /** As written in the file name, such as `003` or `20250105120000`. */
  readonly version: string;
  /** The words of the file name, such as `add_indexes`. */
  readonly name: string;
  readonly up: MigrationFile;
  readonly down?: MigrationFile;
}

/** One file of the migrations folder, read and hashed. */
export interface MigrationFile {
  /** From the working directory, such as `migrations/003_add_indexes.sql`. */
  readonly path: string;
  readonly header: MigrationHeader;
  /** SHA-256 in hex, over the bytes as `checksum.ts` defines them. */
  readonly checksum: string;
  readonly sizeBytes: number;
}
