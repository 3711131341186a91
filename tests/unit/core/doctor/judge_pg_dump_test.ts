import { deepEqual, equal, match } from "node:assert/strict";
import {
  choosePgDump,
  judgePgDump,
  parsePgDumpVersion,
} from "../../../../src/core/doctor/judge_pg_dump.ts";

for (
  const [output, expected] of [
    ["pg_dump (PostgreSQL) 18.4\n", { version: "18.4", major: 18 }],
    [
      "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
      { version: "15.18", major: 15 },
    ],
    ["pg_dump (PostgreSQL) 19beta1\n", { version: "19beta1", major: 19 }],
    ["pg_dumpall (PostgreSQL) 15.1\n", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`parsePgDumpVersion() reads ${JSON.stringify(output)}`, () => {
    deepEqual(parsePgDumpVersion(output), expected);
  });
}

const OLD = { path: "/a/pg_dump", major: 15, version: "15.1" };
const NEW = { path: "/b/pg_dump", major: 18, version: "18.4" };
const NEWER = { path: "/c/pg_dump", major: 19, version: "19.0" };

Deno.test("choosePgDump() takes the first that is not older than the server", () => {
  equal(choosePgDump([OLD, NEW, NEWER], 17), NEW);
});

Deno.test("choosePgDump() takes the newest when all are older", () => {
  equal(choosePgDump([OLD, NEW], 19), NEW);
});

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
