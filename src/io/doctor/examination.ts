import type { PoolerMode } from "../../core/doctor/judge_session.ts";
import type { Verdict } from "../../core/doctor/verdict.ts";
import type { History } from "../../core/history.ts";
import type { HistoryRow } from "../../core/history_row.ts";
import type { LoadedMigrations } from "../migration_files.ts";
import type { Connection } from "../postgres/connection.ts";
import type { Tables } from "../postgres/history_store.ts";
import type { Target } from "../postgres/target.ts";

/** What every check has to work with; what is read once is a function. */
export interface LocalExamination {
  readonly target: Target;
  /** The same database by way of `--direct-url`. */
  readonly direct: Target | undefined;
  readonly files: () => Promise<LoadedMigrations>;
  /** Such as 18; undefined without a connection. */
  readonly serverMajor: number | undefined;
}

/** What a check of the server has to work with. */
export interface ServerExamination extends LocalExamination {
  readonly connection: Connection;
  readonly session: Session;
  readonly tables: () => Promise<Tables>;
  readonly history: () => Promise<History>;
  /** The rows that a query gives, by the names of their columns. */
  ask(sql: string): Promise<readonly HistoryRow[]>;
}

/** What is known of the session before the checks begin. */
export interface Session {
  readonly loginMs: number;
  readonly roundTripMs: number;
  /** The lead of the server's clock. */
  readonly clockAheadMs: number;
  readonly pooler: PoolerMode;
  /** The columns of `read_session.sql`. */
  readonly row: HistoryRow;
}

/** One check, which needs a server or not. */
export type DoctorCheck =
  | {
    readonly name: string;
    readonly needs: "nothing";
    readonly run: (examination: LocalExamination) => Promise<Verdict>;
  }
  | {
    readonly name: string;
    readonly needs: "server";
    readonly run: (examination: ServerExamination) => Promise<Verdict>;
  };
