import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";

/** What `schema dump` answers. */
export interface SchemaReport {
  readonly kind: "schema";
  readonly success: boolean;
  readonly target?: string;
  readonly objects: number;
  /** The script; absent when it was written to a file. */
  readonly sql?: string;
  /** The file, as it was named. */
  readonly path?: string;
  /** Also what loading the script does not make as it is. */
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
