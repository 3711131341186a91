import {
  createLedger,
  type HeldLock,
  noteLocks,
  type RelationChanges,
  type RelationLedger,
  touchedSequences,
} from "../../core/dry_run/relation_ledger.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection, StatementAnswer } from "../postgres/connection.ts";
import ownLocksSql from "../postgres/sql/read_own_locks.sql" with {
  type: "text",
};
import relationsSql from "../postgres/sql/read_relations.sql" with {
  type: "text",
};

/** What is seen after a statement, compared with before it. */
export interface Observation extends RelationChanges {
  /** What the whole server has written meanwhile. */
  readonly walBytes: number;
}

/**
 * Looks at the transaction from inside, after each of its statements. What it
 * reads with is undone at once, so that the script goes on as it left off.
 */
export class Observer {
  readonly #worker: Connection;
  readonly #ledger: RelationLedger;
  #walStart: number | undefined;
  #walPosition = 0;

  private constructor(worker: Connection, ledger: RelationLedger) {
    this.#worker = worker;
    this.#ledger = ledger;
  }

  /** Knows the relations that there are; no transaction is open yet. */
  static async open(worker: Connection): Promise<Observer> {
    const answers = await worker.run(readingSql(relationsSql), ALL_ROWS);
    const rows = answers.at(-1)?.rows ?? [];
    const ledger = createLedger(
      rows.map(([oid = "", name, kind, file]) => ({ oid, name, kind, file })),
    );
    return new Observer(worker, ledger);
  }

  /** Asked behind a statement, without waiting for its answer. */
  async look(): Promise<Observation> {
    const answers = await this.#worker.run(LOOK, ALL_ROWS);
    const [wal, locks] = answers.slice(PREPARE.length);
    const position = Number(wal?.rows[0]?.[0]);
    this.#walStart ??= position;
    const walBytes = position - this.#walPosition;
    this.#walPosition = position;
    return { walBytes, ...noteLocks(this.#ledger, heldLocks(locks)) };
  }

  /** What the whole server has written since the first look. */
  get walBytes(): number {
    return this.#walPosition - (this.#walStart ?? 0);
  }

  /** The sequences from before that were used. */
  get touchedSequences(): readonly string[] {
    return touchedSequences(this.#ledger);
  }
}

function heldLocks(answer: StatementAnswer | undefined): readonly HeldLock[] {
  return (answer?.rows ?? []).map((
    [oid = "", name, kind, file, mode = ""],
  ) => ({
    oid,
    name,
    kind,
    file,
    mode,
  }));
}

const ALL_ROWS = { maxRows: Infinity };

/** The script may have set any of these. */
const PREPARE = [
  "SAVEPOINT lockstep_look",
  "SET LOCAL search_path = pg_catalog, pg_temp",
  "SET LOCAL client_encoding = 'UTF8'",
  "SET LOCAL statement_timeout = 0",
  "SET LOCAL jit = off",
];

const LOOK = [
  ...PREPARE,
  "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')",
  ownLocksSql,
  "ROLLBACK TO SAVEPOINT lockstep_look",
  "RELEASE SAVEPOINT lockstep_look",
].join("; ");
