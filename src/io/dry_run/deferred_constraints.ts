import type { Statement } from "../../core/sql/statement.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";

/**
 * Makes constraints that are initially deferred so again. SET CONSTRAINTS ALL
 * IMMEDIATE holds until the end of the transaction, also for constraints that
 * are made behind it.
 */
export class DeferredConstraints {
  readonly #worker: Connection;
  #isImmediate = false;

  constructor(worker: Connection) {
    this.#worker = worker;
  }

  /** Behind SET CONSTRAINTS ALL IMMEDIATE, and a statement that made others. */
  async deferAgain(): Promise<void> {
    this.#isImmediate = true;
    const answers = await this.#worker.run(
      `SAVEPOINT lockstep_look; ${readingSql(INITIALLY_DEFERRED)}; ` +
        "ROLLBACK TO SAVEPOINT lockstep_look; " +
        "RELEASE SAVEPOINT lockstep_look",
    );
    const names = answers.find(({ fields }) => fields[0] === "names")
      ?.rows[0]?.[0];
    if (names === undefined) return;
    await this.#worker.run(`SET CONSTRAINTS ${names} DEFERRED`);
  }

  /** Told of each statement that has run. */
  async see({ text }: Statement): Promise<void> {
    if (!this.#isImmediate || !/\binitially\s+deferred\b/i.test(text)) return;
    await this.deferAgain();
  }
}

const INITIALLY_DEFERRED =
  "SELECT string_agg(DISTINCT format('%I.%I', n.nspname, k.conname), ', ') " +
  "AS names FROM pg_constraint AS k " +
  "JOIN pg_namespace AS n ON n.oid = k.connamespace WHERE k.condeferred";
