import { FileError } from "../../errors.ts";
import type { SourceLocation } from "../../errors.ts";
import { formatModes } from "../sql/classification.ts";
import type {
  Classification,
  TransactionModes,
} from "../sql/classification.ts";
import type { Statement } from "../sql/statement.ts";
import { createEnumWatch } from "./enum_watch.ts";
import type { EnumWatch } from "./enum_watch.ts";
import * as refusals from "./script_refusals.ts";

/** Statements of a script that share one transaction, or have none. */
export interface Segment {
  readonly mode: "transactional" | "non_transactional";
  /** Why it is not transactional, for people: the statement and its line. */
  readonly reason?: string;
  /** The modes for the tool's own BEGIN, such as `ISOLATION LEVEL SERIALIZABLE`. */
  readonly beginModes: string;
  /** Indexes of its first and last statement. */
  readonly first: number;
  readonly last: number;
  /** Statements that are not sent: the file's own BEGIN and COMMIT. */
  readonly absorbed: ReadonlySet<number>;
}

/** How a script will be run. */
export interface ScriptPlan {
  /** Empty when the script has no statement to send. */
  readonly segments: readonly Segment[];
  /** All statements of the script, absorbed ones included. */
  readonly statementCount: number;
}
