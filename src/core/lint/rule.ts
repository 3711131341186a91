import type { MigrationHeader } from "../migration_header.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import type { LiveDatabase } from "./live_tables.ts";
import type { SchemaSoFar } from "./schema_so_far.ts";

/** How much a finding of lint matters. */
export type LintSeverity = "error" | "warning" | "info";

/** A rule, with all that the reference says about it. */
export interface Rule {
  /** Words with dashes; API: never renamed. */
  readonly name: string;
  readonly severity: LintSeverity;
  /** What it finds, in one sentence. */
  readonly summary: string;
  readonly why: string;
  readonly instead: string;
  /** A script that it finds something in, and one that it does not. */
  readonly bad: string;
  readonly good: string;
  /** What squawk calls the same. */
  readonly squawk?: string;
  /** Where it looks; `both` when a rollback does no better by it. */
  readonly files: "migrations" | "both";
  /** Whether it matters only where the table is not tiny. */
  readonly dependsOnSize?: true;
  /** Looks at one statement. */
  readonly checkStatement?: (context: StatementContext) => readonly Problem[];
  /** Looks at a file once all of its statements are known. */
  readonly checkFile?: (context: FileContext) => readonly Problem[];
}

/** What a rule found. */
export interface Problem {
  /** One sentence, without a period. */
  readonly message: string;
  /** Absent for that of the rule. */
  readonly severity?: LintSeverity;
  /** Absent for what the rule says to do instead. */
  readonly hint?: string;
  /** In bytes from the start of the statement, as the grammar counts. */
  readonly at?: unknown;
  /** The statement of a file that it is about. */
  readonly statement?: LintStatement;
}

/** A statement that the grammar knows. */
export interface LintStatement {
  readonly tree: ParseTree;
  readonly line: number;
  readonly column: number;
  /** Where it stands in the transaction of the file, or outside of any. */
  readonly mode: "transactional" | "non_transactional";
}

/** A statement, and the schema before it. */
export interface StatementContext {
  readonly statement: LintStatement;
  readonly schema: SchemaSoFar;
  /** Absent where lint is not connected. */
  readonly live?: LiveDatabase | undefined;
}

/** A file of the migrations folder, or any other. */
export interface LintFile {
  readonly path: string;
  readonly direction: "up" | "down";
  /** Absent for a file that is no migration of the folder. */
  readonly migration?: {
    readonly header: MigrationHeader;
    readonly hasRollback: boolean;
    readonly version?: string;
    /** Where its rollback is, if it is in the folder. */
    readonly downPath?: string;
  };
}

/** A file with its statements, and the schema after it. */
export interface FileContext {
  readonly file: LintFile;
  readonly statements: readonly LintStatement[];
  readonly schema: SchemaSoFar;
}
