import { deepEqual, equal } from "node:assert/strict";
import {
  isVariableName,
  secretValues,
} from "../../../../src/core/sql/variables.ts";

for (const name of ["a", "A_1", "1", "_", "größe", "日本", "😀"]) {
  Deno.test(`isVariableName() takes "${name}"`, () => {
    equal(isVariableName(name), true);
  });
}

for (const name of ["", "a b", "a-b", "a.b", "$a", "a\n", "x".repeat(201)]) {
  Deno.test(`isVariableName() does not take ${JSON.stringify(name)}`, () => {
    equal(isVariableName(name), false);
  });
}

Deno.test("secretValues() lists the secrets only", () => {
  const variables = new Map([
    ["a", { value: "plain", isSecret: false }],
    ["b", { value: "hidden", isSecret: true }],
  ]);

  deepEqual(secretValues(variables), ["hidden"]);
  deepEqual(secretValues(undefined), []);
});
