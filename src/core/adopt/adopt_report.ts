import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { ForeignCheck, LeftFile } from "./foreign.ts";

/** What becomes of a migration of another tool. */
export interface AdoptedMigration {
  readonly version: string;
  readonly name: string;
  /** What it is there. */
  readonly was: string;
  /** `baseline`: it is applied and its file is gone. */
  readonly state: "applied" | "pending" | "baseline";
  readonly kind: "sql" | "program" | "no_file";
  /** Whether it keeps its version. */
  readonly isRenumbered: boolean;
  readonly check: ForeignCheck;
  /** As the other history has it; absent where it keeps no time. */
  readonly appliedAt?: string;
  readonly transaction?: "off";
  readonly source?: string;
  readonly path?: string;
  readonly downPath?: string;
}

/** What `adopt` answers. */
export interface AdoptReport {
  readonly kind: "adopt";
  readonly success: boolean;
  /** `planned`: a dry run, or it stopped before it began. */
  readonly status: "planned" | "done" | "declined";
  readonly target?: string;
  readonly runId?: string;
  /** As `--from` names it. */
  readonly tool: string;
  /** The folder that was read, as it is shown. */
  readonly source?: string;
  /** The table that was read, and ours. */
  readonly historyTable?: string;
  readonly table: string;
  /** The kind of checksum that was compared; absent where there is none. */
  readonly checksum?: string;
  readonly migrations: readonly AdoptedMigration[];
  /** Files that are not taken over. */
  readonly left: readonly LeftFile[];
  /** What stops it. */
  readonly findings: readonly Finding[];
  readonly forced: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** A file that `baseline` records. */
export interface BaselinedMigration {
  readonly version: string;
  readonly name: string;
  readonly path: string;
}

/** What `baseline` answers. */
export interface BaselineReport {
  readonly kind: "baseline";
  readonly success: boolean;
  readonly status: "planned" | "done" | "declined";
  readonly target?: string;
  readonly runId?: string;
  readonly table: string;
  /** What counts as applied without being run. */
  readonly migrations: readonly BaselinedMigration[];
  /** The size of the file that `--dump` wrote or would write. */
  readonly dumpBytes?: number;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
