import assert from "node:assert/strict";
import {
  CONNECTION_PARAMETERS,
  requireParameter,
} from "../../../../src/core/connection/parameter.ts";

Deno.test("CONNECTION_PARAMETERS has each keyword and variable once", () => {
  const keywords = CONNECTION_PARAMETERS.map((row) => row.keyword);
  const variables = CONNECTION_PARAMETERS.flatMap((row) => row.env ?? []);

  assert.equal(new Set(keywords).size, keywords.length);
  assert.equal(new Set(variables).size, variables.length);
});

Deno.test("requireParameter() takes the listed values", () => {
  requireParameter("sslmode", "verify-full", "x");
  requireParameter("sslcrl", "", "x");
  requireParameter("host", "anything", "x");
});

Deno.test("requireParameter() names the place and the values", () => {
  assert.throws(
    () => requireParameter("sslmode", "full", "the environment variable X"),
    {
      code: "invalid_setting",
      message: "Cannot use the environment variable X as " +
        '"sslmode" has an unsupported value',
      hint: 'set "sslmode" to one of: ' +
        "disable, allow, prefer, require, verify-ca, verify-full",
    },
  );
});
