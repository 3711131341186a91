import { deepEqual, equal, match } from "node:assert/strict";
import { readStates, requireWholeLog, withBench } from "../helpers/faults.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";

// As when a request to cancel, or a timeout, meets it.
Deno.test("a statement of lockstep itself that is refused is told truthfully", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "INSERT INTO effects VALUES (1);\n" +
      "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n" +
      "INSERT INTO effects VALUES (2);\n",
  };
  await withBench(files, async (bench) => {
    await using proxy = startWireProxy(bench.db.url, {
      onMessage: ({ from, text }) =>
        from === "client" && text.includes("; SET lock_timeout = ")
          ? "spoil"
          : "pass",
    });

    const { code, stdout, stderr } = await bench.run(["migrate", "--json"], {
      DATABASE_URL: proxy.url,
    });

    equal(code, 6, stderr);
    const { steps, error } = JSON.parse(stdout);
    deepEqual(
      steps.map(({ status }: { status: string }) => status),
      ["done", "partial"],
    );
    match(error.message, /server refused what lockstep itself asked/);
    deepEqual(await readStates(bench.db), ["001 applied", "002 open"]);
    await requireWholeLog(bench.db);
    equal((await bench.run(["migrate"])).code, 0);
    const rows = await bench.db.query("SELECT id FROM effects ORDER BY id");
    deepEqual(rows, [{ id: 1 }, { id: 2 }]);
  });
});
