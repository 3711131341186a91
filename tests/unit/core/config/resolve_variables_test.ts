import { deepEqual, equal, throws } from "node:assert/strict";
import {
  findVariableFiles,
  resolveVariables,
  usedVariables,
  type VariableSources,
} from "../../../../src/core/config/resolve_variables.ts";
import { ConfigError } from "../../../../src/errors.ts";

interface Given {
  readonly vars?: readonly string[];
  readonly secretVars?: readonly string[];
  readonly varsFromEnv?: string;
  readonly env?: VariableSources["env"];
  readonly files?: VariableSources["files"];
}

function sources(given: Given): VariableSources {
  const { vars = [], secretVars = [], varsFromEnv } = given;
  return {
    values: { vars, secretVars, varsFromEnv },
    env: given.env ?? {},
    files: given.files ?? {},
  };
}

function resolved(given: Given): Record<string, string> {
  const variables = resolveVariables(sources(given));
  return Object.fromEntries(
    [...variables].map(([name, { value, isSecret }]) => [
      name,
      `${isSecret ? "secret " : ""}${value}`,
    ]),
  );
}

Deno.test("resolveVariables() takes all behind the first = for the value", () => {
  deepEqual(resolved({ vars: ["a=b=c, d", "e=", "ü_1=x\ny", "a=last"] }), {
    a: "last",
    e: "",
    ü_1: "x\ny",
  });
});

Deno.test("resolveVariables() takes variables of the environment by their prefix", () => {
  const env = {
    APP_ROLE: "r",
    APP_Empty: "",
    OTHER: "x",
    APP_: "y",
    "APP_A-B": "z",
  };

  deepEqual(resolved({ varsFromEnv: "APP_", env }), { role: "r", empty: "" });
});

Deno.test("resolveVariables() prefers flags to the environment", () => {
  const env = { APP_A: "env", APP_B: "secret-b" };

  deepEqual(
    resolved({
      vars: ["a=flag"],
      secretVars: ["b=APP_B"],
      varsFromEnv: "APP_",
      env,
    }),
    { a: "flag", b: "secret secret-b" },
  );
});

Deno.test("resolveVariables() takes a secret from its file without the last line break", () => {
  deepEqual(
    resolved({
      secretVars: ["pw=PW"],
      files: { PW_FILE: " one\r\ntwo \r\n" },
    }),
    { pw: "secret  one\r\ntwo " },
  );
});

Deno.test("findVariableFiles() asks for the file of a secret that is not set", () => {
  const given = {
    secretVars: ["a=A", "b=B"],
    env: { A: "text", A_FILE: "", B_FILE: "/run/b" },
  };

  deepEqual(findVariableFiles(sources(given)), [
    { variable: "B_FILE", path: "/run/b" },
  ]);
});

const SECRET = "hunter2";

const REFUSED: readonly (readonly [string, Given, string])[] = [
  ["no name=value", { vars: [SECRET] }, "no name=value"],
  ["a name with a dash", { vars: [`a-b=${SECRET}`] }, "a-b"],
  ["no name", { vars: [`=${SECRET}`] }, "no name of a variable"],
  ["a NUL byte", { vars: ["a=x\0"] }, "NUL"],
  [
    "a secret typed in full",
    { secretVars: [`pw=${SECRET}!`] },
    "name=VARIABLE",
  ],
  ["a secret that is not set", { secretVars: [`pw=${SECRET}`] }, '"pw"'],
  ["a secret that is too short", {
    secretVars: ["pw=PW"],
    env: { PW: "abc" },
  }, "fewer than 4"],
  ["a secret that is set twice", {
    secretVars: ["pw=PW"],
    env: { PW: SECRET, PW_FILE: "/run/pw" },
  }, '"PW_FILE"'],
  ["a name of both kinds", {
    vars: ["pw=1"],
    secretVars: ["pw=PW"],
    env: { PW: SECRET },
  }, "both --var and --secret-var"],
  ["two variables for one name", {
    varsFromEnv: "APP_",
    env: { APP_A: SECRET, APP_a: SECRET },
  }, "APP_A"],
];

for (const [claim, given, part] of REFUSED) {
  Deno.test(`resolveVariables() refuses ${claim} and shows no value`, () => {
    throws(
      () => {
        findVariableFiles(sources(given));
        resolveVariables(sources(given));
      },
      (error) => {
        equal(error instanceof ConfigError && error.code, "invalid_setting");
        const text = error instanceof ConfigError
          ? `${error.message} ${error.hint}`
          : "";
        equal(text.includes(SECRET), false, text);
        equal(text.includes(part), true, text);
        return true;
      },
    );
  });
}

Deno.test("usedVariables() names prefix and secrets, from flags or variables", () => {
  deepEqual(
    usedVariables({
      flags: { secretVars: ["a=PW", "b=KEY"] },
      env: { LOCKSTEP_VARS_FROM_ENV: "LOCKSTEP_VAR_" },
    }),
    ["LOCKSTEP_VAR_", "PW", "KEY"],
  );
  deepEqual(usedVariables({ flags: {}, env: {} }), []);
});
