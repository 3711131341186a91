import { deepEqual, equal, match } from "node:assert/strict";
import { requireWholeLog, withBench } from "../helpers/faults.ts";
import { startWireProxy, type WireMessage } from "../helpers/wire_proxy.ts";

const BAD = {
  "001_bad.sql": "CREATE TABLE half (id int);\nSELECT 1 / 0;\n",
};

function isRollback({ from, text }: WireMessage): boolean {
  return from === "client" && text.startsWith("ROLLBACK; CLOSE ALL");
}

function isRecord({ from, text }: WireMessage): boolean {
  return from === "client" && text.includes("'22012'");
}

for (const [moment, isChosen] of Object.entries({ isRollback, isRecord })) {
  Deno.test(`a failure whose connection then breaks is told and recorded: ${moment}`, () =>
    withBench(BAD, async (bench) => {
      let hits = 0;
      await using proxy = startWireProxy(bench.db.url, {
        onMessage: (message) =>
          isChosen(message) && hits++ === 0 ? "cut" : "pass",
      });

      const { code, stderr } = await bench.run(["migrate"], {
        DATABASE_URL: proxy.url,
      });

      deepEqual([code, Math.min(hits, 1)], [5, 1], stderr);
      match(stderr, /^error\[statement_failed\]: .*division by zero/m);
      const rows = await bench.db.query(
        "SELECT error_sqlstate FROM schema_migrations",
      );
      deepEqual(rows, [{ error_sqlstate: "22012" }]);
      const log = await bench.db.query(
        "SELECT outcome, error_sqlstate FROM schema_migrations_log",
      );
      deepEqual(log, [{ outcome: "failed", error_sqlstate: "22012" }]);
      await requireWholeLog(bench.db);
    }));
}

Deno.test("a failure is told as it is when the server is gone right after", () =>
  withBench(BAD, async (bench) => {
    await using proxy = startWireProxy(bench.db.url, {
      onMessage(message) {
        if (!isRollback(message)) return "pass";
        proxy.refuse();
        return "cut_all";
      },
    });

    const { code, stderr, stdout } = await bench.run(["migrate"], {
      DATABASE_URL: proxy.url,
    });

    equal(code, 5, stderr);
    match(stderr, /^error\[statement_failed\]: .*division by zero/m);
    match(stderr, /The failed attempt could not be recorded: /);
    match(stdout, /^✗ {2}001_bad .*failed, undone$/m);
  }));
