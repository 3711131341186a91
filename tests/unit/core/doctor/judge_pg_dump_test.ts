import { deepEqual, equal, match } from "node:assert/strict";
import { judgePgDump } from "../../../../src/core/doctor/judge_pg_dump.ts";

const OLD = { path: "/a/pg_dump", major: 15, version: "15.1" };
const NEW = { path: "/b/pg_dump", major: 18, version: "18.4" };

Deno.test("judgePgDump() warns when all are older than the server", () => {
  const verdict = judgePgDump({ found: [OLD], unusable: [] }, 18);

  equal(verdict.state, "warning");
  match(verdict.advice ?? "", /PostgreSQL 18$/);
});

Deno.test("judgePgDump() is content with a newer one", () => {
  deepEqual(judgePgDump({ found: [NEW], unusable: [] }, 15), {
    state: "ok",
    message: "18.4, /b/pg_dump",
  });
});

Deno.test("judgePgDump() is content with any when there is no server", () => {
  equal(judgePgDump({ found: [OLD], unusable: [] }, undefined).state, "ok");
});

Deno.test("judgePgDump() tells none from one that cannot be used", () => {
  const unusable = ["/nix/pg_dump does not run"];

  match(judgePgDump({ found: [], unusable: [] }, 18).message, /^there is none/);
  deepEqual(judgePgDump({ found: [], unusable }, 18).details, unusable);
});
