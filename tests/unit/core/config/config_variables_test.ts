import { deepEqual, throws } from "node:assert/strict";
import { chooseSections } from "../../../../src/core/config/config_file.ts";
import {
  findVariableFiles,
  resolveVariables,
  usedVariables,
  type VariableSources,
} from "../../../../src/core/config/resolve_variables.ts";
import { configOf } from "./config_sample.ts";

const TEXT = `vars_from_env = "APP_"
[vars]
a = "top"
b = "top"
c = "top"
secret = "no secret yet"
[secret_vars]
hidden = "HIDDEN"
[env.production.vars]
b = "production"
[env.production.secret_vars]
secret = "SECRET"
`;

type Given = Partial<
  Pick<VariableSources, "env" | "files" | "secrets"> & VariableSources["values"]
>;

function sources(given: Given): VariableSources {
  return {
    values: {
      vars: given.vars ?? [],
      secretVars: given.secretVars ?? [],
      varsFromEnv: given.varsFromEnv,
    },
    env: given.env ?? {},
    files: given.files ?? {},
    sections: chooseSections(configOf(TEXT), "production"),
    ...(given.secrets === undefined ? {} : { secrets: given.secrets }),
  };
}

const SECRETS = { SECRET: "hunter2", HIDDEN: "hunter3" };

Deno.test("resolveVariables() merges by name: flags, environment, section, file", () => {
  const variables = resolveVariables(sources({
    vars: ["a=flag"],
    varsFromEnv: "APP_",
    env: { APP_A: "env", APP_C: "env", ...SECRETS },
  }));

  deepEqual(
    [...variables].map(([name, { value, isSecret, origin }]) => [
      name,
      value,
      isSecret,
      origin.kind === "default" ? "" : origin.name,
    ]),
    [
      ["a", "flag", false, "--var"],
      ["b", "production", false, "vars"],
      ["c", "env", false, "APP_C"],
      ["secret", "hunter2", true, "secret_vars"],
      ["hidden", "hunter3", true, "secret_vars"],
    ],
  );
});

Deno.test("resolveVariables() needs no secret that a flag replaces", () => {
  const variables = resolveVariables(sources({
    vars: ["secret=x", "hidden=y"],
  }));

  deepEqual(variables.get("secret"), {
    value: "x",
    isSecret: false,
    origin: { kind: "flag", name: "--var" },
  });
});

Deno.test("findVariableFiles() says where the secret is named that is nowhere", () => {
  throws(
    () => findVariableFiles(sources({ env: { HIDDEN: "hunter3" } })),
    {
      message:
        'Cannot use the secret "secret" as the variable that holds it is not set',
      hint:
        "set the variable that secret_vars names, or the same name with _FILE at its end",
      location: { path: "../lockstep.toml", line: 12, column: 1 },
    },
  );
});

Deno.test("resolveVariables() leaves optional secrets out that are nowhere", () => {
  const variables = resolveVariables(sources({
    secrets: "optional",
    env: { HIDDEN_FILE: "/run/hidden" },
    files: { HIDDEN_FILE: "hunter3\n" },
  }));

  deepEqual([...variables.keys()], ["a", "b", "c", "hidden"]);
});

Deno.test("resolveVariables() refuses a flag's secret that is nowhere, optional or not", () => {
  throws(() =>
    findVariableFiles(sources({
      secrets: "optional",
      secretVars: ["x=NOWHERE"],
    }))
  );
});

Deno.test("resolveVariables() refuses a name that vars and secret_vars give", () => {
  const config = configOf('[vars]\nx = "1"\n[secret_vars]\nx = "A"');

  throws(
    () => resolveVariables({ ...sources({}), sections: [config.common] }),
    {
      message:
        'Cannot use the variable "x" as both vars and secret_vars give it',
      location: { path: "../lockstep.toml", line: 4, column: 1 },
    },
  );
});

Deno.test("usedVariables() has those that the file makes use of", () => {
  const { sections = [] } = sources({});

  deepEqual(usedVariables({ flags: {}, env: {}, sections }), [
    "SECRET",
    "APP_",
    "HIDDEN",
  ]);
});
