import { deepEqual, equal } from "node:assert/strict";
import {
  findNeeded,
  leftOut,
  mayComeOfIt,
} from "../../../../src/core/dry_run/left_out.ts";
import type { Statement } from "../../../../src/core/sql/statement.ts";

const PLACE = {
  kind: "statement",
  column: 1,
  index: 0,
  startByte: 0,
  endByte: 0,
} as const;

function statement(text: string, line = 1): Statement {
  return { ...PLACE, text, line };
}

const NAMES = [
  ["CREATE INDEX CONCURRENTLY Ti ON t (n)", "ti"],
  ["CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ti ON t (n)", "ti"],
  ["DROP INDEX CONCURRENTLY app.ti", "ti"],
  ['CREATE DATABASE "My Data"', "my data"],
  ["VACUUM t", undefined],
  ["REINDEX TABLE CONCURRENTLY t", undefined],
] as const;

for (const [text, name] of NAMES) {
  Deno.test(`leftOut() names ${name} for ${text}`, () => {
    equal(leftOut("a.sql", statement(text)).name, name);
  });
}

Deno.test("findNeeded() finds a name as a word, in any letters and quotes", () => {
  const index = leftOut("a.sql", statement("CREATE INDEX ti ON t (n)", 7));
  const needs = (text: string) =>
    findNeeded([index], statement(text))?.location.line;

  deepEqual([
    needs("COMMENT ON INDEX app.TI IS 'x'"),
    needs("DO $$ BEGIN PERFORM 'ti'::regclass; END $$"),
    needs("SELECT tix, xti, ti$"),
    needs("SELECT xti, ti"),
    needs("SAVEPOINT ti"),
  ], [7, 7, undefined, 7, undefined]);
});

Deno.test("mayComeOfIt() holds for what is not there, not for syntax or locks", () => {
  const may = (sqlstate: string) =>
    mayComeOfIt({ severity: "ERROR", sqlstate, message: "" });

  deepEqual(
    ["42P01", "P0001", "23503", "42601", "55P03", "40P01", "57014"].map(may),
    [true, true, true, false, false, false, false],
  );
});
