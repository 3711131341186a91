import { equal } from "node:assert/strict";
import { unknownVariable } from "../../../../src/core/sql/unknown_variable.ts";

const UNSET = { name: "shema", written: ':"shema"', line: 3, column: 9 };

Deno.test("unknownVariable() suggests the name that was meant", () => {
  const error = unknownVariable(UNSET, { path: "a.sql", known: ["schema"] });

  equal(error.code, "unknown_variable");
  equal(
    error.message,
    'Cannot replace :"shema" on line 3 as there is no variable "shema"',
  );
  equal(error.hint, 'did you mean "schema"?');
  equal(error.location?.column, 9);
});

Deno.test("unknownVariable() says how to declare one", () => {
  const error = unknownVariable(UNSET, { path: "a.sql", known: [] });

  equal(error.hint?.startsWith("declare it with --var shema=value"), true);
});
