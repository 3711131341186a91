import { deepEqual, equal } from "node:assert/strict";
import {
  chooseProgram,
  parseProgramVersion,
} from "../../../../src/core/backup/pg_program.ts";

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
  Deno.test(`parseProgramVersion() reads ${JSON.stringify(output)}`, () => {
    deepEqual(parseProgramVersion("pg_dump", output), expected);
  });
}

const OLD = { path: "/a/pg_dump", major: 15, version: "15.1" };
const NEW = { path: "/b/pg_dump", major: 18, version: "18.4" };
const NEWER = { path: "/c/pg_dump", major: 19, version: "19.0" };

Deno.test("chooseProgram() takes one of the server's version first", () => {
  equal(chooseProgram([NEWER, OLD, NEW], 18), NEW);
});

Deno.test("chooseProgram() takes the next newer one", () => {
  equal(chooseProgram([NEWER, OLD, NEW], 17), NEW);
});

Deno.test("chooseProgram() takes the newest when all are older", () => {
  equal(chooseProgram([NEW, OLD], 19), NEW);
});

Deno.test("chooseProgram() takes the first of two that are alike", () => {
  equal(chooseProgram([NEW, { ...NEW, path: "/d/pg_dump" }], 18), NEW);
});
