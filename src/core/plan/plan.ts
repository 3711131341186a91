import type { Finding } from "../finding.ts";
import type { Progress } from "../history.ts";
import type { MigrationFile } from "../migration.ts";
import type { MigrationDirectives } from "../directives.ts";

/** Forwards or back. */
export type Direction = "migrate" | "rollback";

/** Where the SQL of a step comes from. */
export type ScriptOrigin =
  | { readonly kind: "file"; readonly file: MigrationFile }
  | {
    /** The copy kept in the database, for a file that is gone. */
    readonly kind: "kept";
    readonly path: string;
    readonly checksum: string;
  };

/** One migration in one direction. */
export interface Step {
  readonly direction: Direction;
  /** As the tracking table has it, else as the file is named. */
  readonly version: string;
  readonly name: string;
  readonly origin: ScriptOrigin;
  /** The checksum of the up file, which the tracking row keeps. */
  readonly checksum: string;
  /** The path of the up file, which the tracking row keeps. */
  readonly filePath: string;
  /** Versions. */
  readonly dependencies: readonly string[];
  /** The down file that is kept with the row, in a migrate step. */
  readonly down?: MigrationFile;
  readonly directives: MigrationDirectives;
  /** Where an earlier attempt of this step stopped. */
  readonly resume?: Progress;
}

/** What a run would do, in order. */
export interface Plan {
  readonly direction: Direction;
  readonly steps: readonly Step[];
  /** What was seen and does not stop the run. */
  readonly findings: readonly Finding[];
}

/** The path that a step's statements are shown with. */
export function scriptPath(step: Step): string {
  return step.origin.kind === "file" ? step.origin.file.path : step.origin.path;
}

/** The checksum of the script that a step runs. */
export function scriptChecksum({ origin }: Step): string {
  return origin.kind === "file" ? origin.file.checksum : origin.checksum;
}
