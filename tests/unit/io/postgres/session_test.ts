import { deepEqual, equal } from "node:assert/strict";
import {
  parseStatementMark,
  statementMark,
} from "../../../../src/io/postgres/session.ts";

Deno.test("parseStatementMark() reads what statementMark() writes", () => {
  const mark = statementMark({ first: 12345, second: -7 }, {
    runId: "6f0c",
    version: "003",
  });

  deepEqual(parseStatementMark(`${mark}SELECT 1 /* 2 */ + 3`), {
    runId: "6f0c",
    version: "003",
    statement: "SELECT 1 /* 2 */ + 3",
  });
});

for (
  const query of ["", "SELECT 1", "/* lockstep */ SELECT 1", " /* lockstep 1 2"]
) {
  Deno.test(`parseStatementMark() finds no mark in "${query}"`, () => {
    equal(parseStatementMark(query), undefined);
  });
}
