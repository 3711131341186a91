import { formatBytes } from "../format_bytes.ts";
import type { QualifiedName } from "../sql/quote.ts";

/** What the server knows of a table; of all of its partitions together. */
export interface LiveTable {
  /** Without its indexes. */
  readonly sizeBytes: number;
  /** As estimated by the last ANALYZE; absent when there was none. */
  readonly rows?: number;
  /** Rows written, and scans of the table or an index, by the statistics. */
  readonly writes: number;
  readonly scans: number;
  readonly isPartitioned: boolean;
}

/** The database that the files are to run on. */
export interface LiveDatabase {
  readonly serverMajor: number;
  /** The table of that name, or that an index of that name is of. */
  readonly find: (name: QualifiedName) => LiveTable | undefined;
}

/** A table below both is read or written anew in a moment. */
export const TINY_ROWS = 10_000;
export const TINY_BYTES = 16 * 1024 ** 2;

/** Whether it does not matter how often a table is read or written anew. */
export function isTiny({ sizeBytes, rows = 0 }: LiveTable): boolean {
  return sizeBytes < TINY_BYTES && rows < TINY_ROWS;
}

/** How big a table is, such as `1.2 GB, about 3,400,000 rows`. */
export function describeSize({ sizeBytes, rows }: LiveTable): string {
  const size = formatBytes(sizeBytes);
  return rows === undefined
    ? size
    : `${size}, about ${rows.toLocaleString("en-US")} ${
      rows === 1 ? "row" : "rows"
    }`;
}
