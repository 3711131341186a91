import { deepEqual, equal } from "node:assert/strict";
import {
  columnOfValue,
  parseCopyContext,
} from "../../../../src/core/sql/copy_error.ts";

Deno.test("parseCopyContext() reads line and value of a bad column", () => {
  deepEqual(parseCopyContext('COPY a, line 3, column id: "bad"'), {
    line: 3,
    value: "bad",
  });
});

Deno.test("parseCopyContext() reads a whole line with quotes in it", () => {
  deepEqual(parseCopyContext('COPY a, line 3: "3,"x",extra"'), {
    line: 3,
    value: '3,"x",extra',
  });
});

Deno.test("parseCopyContext() reads a context without a value", () => {
  deepEqual(parseCopyContext("COPY a, line 12, column id: null input"), {
    line: 12,
  });
});

Deno.test("parseCopyContext() finds the frame below that of a trigger", () => {
  const where = 'PL/pgSQL function f() line 1 at RAISE\nCOPY a, line 7: "x"';

  deepEqual(parseCopyContext(where), { line: 7, value: "x" });
});

Deno.test("parseCopyContext() is undefined for another context", () => {
  equal(parseCopyContext("SQL statement COPY"), undefined);
});

Deno.test("columnOfValue() counts code points before the value", () => {
  equal(columnOfValue("😀\tbad", "bad"), 3);
});

Deno.test("columnOfValue() finds a value that the server cut off", () => {
  equal(columnOfValue("1\tabcdef", "abc..."), 3);
});

Deno.test("columnOfValue() is 1 for a value that is not there", () => {
  equal(columnOfValue("1\t2", undefined), 1);
});
