import { deepEqual } from "node:assert/strict";
import {
  ERROR_CATALOG,
  EXIT_MEANINGS,
} from "../../../src/core/error_catalog.ts";
import * as errors from "../../../src/errors.ts";

Deno.test("ERROR_CATALOG has every error class", () => {
  const classes = Object.keys(errors).filter((name) =>
    name.endsWith("Error") && name !== "LockstepError"
  );

  deepEqual(ERROR_CATALOG.map(({ name }) => name).sort(), classes.sort());
});

Deno.test("ERROR_CATALOG has each code once", () => {
  const codes = ERROR_CATALOG.flatMap((group) => Object.keys(group.codes));

  deepEqual(codes, [...new Set(codes)]);
});

Deno.test("EXIT_MEANINGS explains every exit", () => {
  deepEqual(
    Object.keys(EXIT_MEANINGS).sort(),
    Object.keys(errors.EXIT).sort(),
  );
});
