import { deepEqual, equal, match } from "node:assert/strict";
import { placeOf, withRun } from "../helpers/run.ts";

const SPLIT = `BEGIN;
CREATE TABLE t (a INT);
CREATE INDEX CONCURRENTLY idx_a ON t (a);
CREATE INDEX CONCURRENTLY idx_b ON t (a);
COMMIT;\n`;

Deno.test("migrate warns once of a transaction that it cannot keep in one", () =>
  withRun({ "001_index.sql": SPLIT }, async ({ run, done }) => {
    const planned = await done("plan");
    const { code, stderr } = await run("migrate");

    equal(code, 0, stderr);
    deepEqual(planned.warnings.map(({ code }) => code), ["transaction_split"]);
    equal(placeOf(planned.warnings[0]), "migrations/001_index.sql:3:1");
    equal(stderr.split("warning[transaction_split]").length, 2, stderr);
    match(stderr, /begun on line 1 is not atomic: .* \(line 3\)/);
  }));

Deno.test("plan gives the reason of the statement that a resumed migration starts with", () =>
  withRun({
    "001_a.sql": "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (1);\n",
    "002_b.sql": `CREATE INDEX CONCURRENTLY idx_a ON t (a);
CREATE UNIQUE INDEX CONCURRENTLY idx_b ON t (a);\n`,
  }, async ({ json, done, run }) => {
    const failed = await json("migrate");
    const planned = await done("plan");
    const { stdout } = await run("migrate", "--dry-run");

    equal(failed.code, 6);
    const segments = planned.steps.flatMap(({ segments }) => segments);
    deepEqual(
      segments.map(({ reason }) => reason?.replace(/^.* \(/, "(")),
      ["(line 2)"],
    );
    match(stdout, /outside a transaction, 1 statement, line 2: .*\(line 2\)/);
  }));
