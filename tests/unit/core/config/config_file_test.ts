import { deepEqual, throws } from "node:assert/strict";
import { chooseSections } from "../../../../src/core/config/config_file.ts";
import { ConfigError } from "../../../../src/errors.ts";
import { configOf } from "./config_sample.ts";

const FILE = configOf("[env.production]\n[env.staging]\n");

Deno.test("chooseSections() puts the environment before the rest", () => {
  deepEqual(
    chooseSections(FILE, "staging").map(({ environment }) => environment),
    ["staging", undefined],
  );
});

Deno.test("chooseSections() takes no section when none is chosen", () => {
  deepEqual(chooseSections(FILE, undefined), [FILE.common]);
  deepEqual(chooseSections(undefined, undefined), []);
});

const UNKNOWN = [
  { name: "prodution", hint: 'did you mean "production"?' },
  { name: "xyzzy", hint: "choose one of production, staging" },
] as const;

for (const { name, hint } of UNKNOWN) {
  Deno.test(`chooseSections() refuses the environment "${name}"`, () => {
    throws(() => chooseSections(FILE, name), (error: ConfigError) => {
      deepEqual(
        [error.code, error.message, error.hint, error.location],
        [
          "unknown_environment",
          `Cannot use the environment "${name}" as there is no section [env.${name}]`,
          hint,
          { path: "../lockstep.toml" },
        ],
      );
      return error instanceof ConfigError;
    });
  });
}

Deno.test("chooseSections() names the section to add where there is none", () => {
  throws(() => chooseSections(configOf(""), "a"), {
    hint: "add a section [env.a]",
  });
});

Deno.test("chooseSections() refuses an environment without a file", () => {
  throws(() => chooseSections(undefined, "production"), {
    code: "unknown_environment",
    message:
      'Cannot use the environment "production" as there is no lockstep.toml',
  });
});
