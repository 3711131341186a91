import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";

/** What is to be done with databases for tests. */
export type TestDatabaseWish =
  | { readonly action: "create" }
  | { readonly action: "list" }
  | {
    readonly action: "drop";
    /**
     * The name of one, or its URL; when absent, all of the folder that nobody
     * uses.
     */
    readonly database?: string;
  };

/** A database that lockstep has made for tests. */
export interface ListedTestDatabase {
  readonly name: string;
  readonly kind: "test" | "template";
  /** Of its migrations; absent where a killed process has made it. */
  readonly folder?: string;
  /** Sessions that are in it. */
  readonly sessions: number;
}

/** What became of a database that was to be dropped. */
export interface DroppedTestDatabase {
  readonly name: string;
  readonly status: "dropped" | "in_use" | "not_there";
}

/** What `test-db` answers. */
export interface TestDatabaseReport {
  readonly kind: "test_database";
  readonly action: TestDatabaseWish["action"];
  readonly success: boolean;
  /** Of the new database. */
  readonly name?: string;
  /** With the password, if the connection string had one. */
  readonly url?: string;
  readonly databases?: readonly ListedTestDatabase[];
  readonly dropped?: readonly DroppedTestDatabase[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
