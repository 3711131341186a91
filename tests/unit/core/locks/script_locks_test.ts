import { deepEqual, equal, match } from "node:assert/strict";
import { listLocks } from "../../../../src/core/locks/script_locks.ts";
import { SchemaSoFar } from "../../../../src/core/lint/schema_so_far.ts";
import { readLintScript } from "../../../../src/io/lint_script.ts";

async function list(sql: string) {
  const { script } = await readLintScript(
    {
      path: "a.sql",
      maxStatementBytes: 1_000_000,
      async *open() {
        yield await Promise.resolve(new TextEncoder().encode(sql));
      },
    },
    { path: "a.sql", direction: "up" },
    "locks",
  );
  return listLocks(script, new SchemaSoFar());
}

Deno.test("listLocks() says what a statement stops, and what to do instead", async () => {
  const [one] = await list("SELECT 1;\nCREATE INDEX i ON app.t (a);")
    .then((all) => all.slice(1));

  deepEqual(one?.location, { path: "a.sql", line: 2, column: 1 });
  equal(one?.label, "CREATE INDEX i");
  deepEqual(one?.locks, [{
    table: "app.t",
    mode: "SHARE",
    stops: "writes",
    work: "index",
    isWorkCertain: true,
    isNew: false,
  }]);
  match(one?.instead ?? "", /CONCURRENTLY/);
});

Deno.test("listLocks() knows that nobody uses what the file makes", async () => {
  const all = await list("CREATE TABLE t (a int); CREATE INDEX i ON t (a);");

  equal(all[1]?.locks?.[0]?.stops, "nothing");
  equal(all[1]?.locks?.[0]?.isNew, true);
  equal(all[1]?.instead, undefined);
});

Deno.test("listLocks() counts equal statements instead of repeating them", async () => {
  const all = await list(
    "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); INSERT INTO u VALUES (3);",
  );

  deepEqual(all.map(({ label, repeats }) => [label, repeats]), [
    ["INSERT INTO t", 1],
    ["INSERT INTO u", 0],
  ]);
});

Deno.test("listLocks() leaves locks out where it cannot know them", async () => {
  const [one, other] = await list("DO $$ BEGIN END $$; ALTER TABEL t;");

  equal(one !== undefined && "locks" in one, false);
  equal(other !== undefined && "locks" in other, false);
});
