import type { SourceLocation } from "../errors.ts";

/** What a look at the files or the history saw, good enough to go on with. */
export interface Finding {
  /** `info` comes from lint alone. */
  readonly severity: "error" | "warning" | "info";
  /** A word that is API: never renamed. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
  /** The version that it is about, where it is about one. */
  readonly version?: string;
  /** A dependency that no file explains, as written; the history may. */
  readonly dependency?: string;
}
