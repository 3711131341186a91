import assert from "node:assert/strict";
import { withDatabase } from "../helpers/database.ts";
import type { TestDatabase } from "../helpers/database.ts";
import { ALLOWED, REFUSED } from "../helpers/statement_cases.ts";

/**
 * Needs an extension, a replication slot or a subscription to be refused, or
 * a server of 17 or newer (CLUSTER with parentheses but without a table).
 */
const NOT_HERE =
  /^CLUSTER \(|timescaledb|refresh_continuous_aggregate|run_job|replication_slot|^(?:ALTER|DROP) SUBSCRIPTION/;

Deno.test("classify() knows what the server refuses in a transaction block", async () => {
  await withDatabase(async (db) => {
    const tried = Object.keys(REFUSED).filter((sql) => !NOT_HERE.test(sql));

    const states = new Map<string, string>();
    for (const sql of tried) states.set(sql, await sqlState(db, sql));

    assert.deepEqual(states, new Map(tried.map((sql) => [sql, "25001"])));
  });
});

Deno.test("classify() keeps in transactions what the server lets run there", async () => {
  await withDatabase(async (db) => {
    const refused: string[] = [];
    for (const sql of ALLOWED) {
      if (await sqlState(db, sql) === "25001") refused.push(sql);
    }

    assert.deepEqual(refused, []);
  });
});

/** How the statement ends between BEGIN and ROLLBACK; "" without an error. */
async function sqlState(db: TestDatabase, sql: string): Promise<string> {
  await db.query("BEGIN");
  try {
    await db.query(sql);
    return "";
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error);
    return String(error.code);
  } finally {
    await db.query("ROLLBACK");
  }
}
