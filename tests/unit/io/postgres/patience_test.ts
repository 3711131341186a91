import { equal, match, ok } from "node:assert/strict";
import type { Step } from "../../../../src/core/plan/plan.ts";
import { ExecutionError, LockError } from "../../../../src/errors.ts";
import { isBlocked, Patience } from "../../../../src/io/postgres/patience.ts";

const STEP: Step = {
  direction: "rollback",
  version: "001",
  name: "a",
  origin: { kind: "kept", path: "a.sql", checksum: "" },
  checksum: "",
  filePath: "a.sql",
  dependencies: [],
  directives: {},
};

function refused(sqlstate: string): ExecutionError {
  return new ExecutionError("statement_failed", "no", {
    remains: "nothing",
    location: { path: "a.sql", line: 7 },
    server: { severity: "ERROR", sqlstate, message: "it waited" },
  });
}

const CLAIMED = new LockError("runner_alive", "no");

Deno.test("isBlocked() knows a lock that was not to be had, and a deadlock", () => {
  ok(isBlocked(refused("55P03")));
  ok(isBlocked(refused("40P01")));
  ok(!isBlocked(refused("23505")));
  ok(!isBlocked(CLAIMED));
});

Deno.test("Patience gives pauses that grow and differ, and have an end", () => {
  const patience = new Patience({ lockRetryMs: 1e9, lockTimeoutMs: 0 });
  const one = refused("55P03");

  const pauses = Array.from(
    { length: 20 },
    () => patience.pauseAfter(one) ?? 0,
  );

  ok(pauses[0] !== undefined && pauses[0] >= 375 && pauses[0] <= 625);
  ok((pauses[4] ?? 0) > (pauses[0] ?? 0) * 4);
  ok(Math.max(...pauses) <= 37_500);
  equal(new Set(pauses).size, pauses.length);
});

Deno.test("Patience never pauses past its end", () => {
  const patience = new Patience({ lockRetryMs: 100, lockTimeoutMs: 0 });

  const pauseMs = patience.pauseAfter(refused("55P03"));

  ok(pauseMs !== undefined && pauseMs <= 100);
});

Deno.test("Patience tries once when it is given no time", () => {
  const patience = new Patience({ lockRetryMs: 0, lockTimeoutMs: 1000 });

  equal(patience.pauseAfter(refused("55P03")), undefined);
});

Deno.test("Patience waits for a claim as for another run", () => {
  const patience = new Patience({ lockRetryMs: 0, lockTimeoutMs: 1000 });

  ok(patience.pauseAfter(CLAIMED) !== undefined);
  equal(patience.explain(STEP, CLAIMED), CLAIMED);
});

Deno.test("Patience explains how often it tried, and keeps the place", () => {
  const patience = new Patience({ lockRetryMs: 1000, lockTimeoutMs: 0 });
  const error = refused("55P03");
  patience.pauseAfter(error);
  patience.pauseAfter(error);

  const told = patience.explain(STEP, error);

  equal(told.code, "blocked");
  equal(told.exit, "failed");
  match(
    told.message,
    /^Cannot roll back "001_a" as others held its locks in 2 tries over \d+ s: it waited$/,
  );
  equal(told.location?.line, 7);
  equal(told.server?.sqlstate, "55P03");
});
