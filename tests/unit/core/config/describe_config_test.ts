import { deepEqual, equal, ok } from "node:assert/strict";
import { chooseSections } from "../../../../src/core/config/config_file.ts";
import { describeConfig } from "../../../../src/core/config/describe_config.ts";
import { resolveSettings } from "../../../../src/core/config/resolve.ts";
import { resolveVariables } from "../../../../src/core/config/resolve_variables.ts";
import {
  type SettingRow,
  SETTINGS,
} from "../../../../src/core/config/settings.ts";
import type { ConfigReport } from "../../../../src/core/report.ts";
import { configOf } from "./config_sample.ts";

const TEXT = `database_url = "postgres://u:hunter2@h/db"
direct_url = "hunter2"
table = "postgres://u:hunter2@h/db"
connect_timeout = "90s"
[vars]
url = "postgres://u:hunter2@h/db"
[secret_vars]
password = "PW"
[env.production]
protected = true
[env.staging]
`;

function describe(environment?: string): ConfigReport {
  const file = configOf(TEXT);
  const sections = chooseSections(file, environment);
  const sources = {
    flags: {},
    env: { PW: "hunter2" },
    files: {},
    sections,
  };
  const resolved = resolveSettings(sources);
  const variables = resolveVariables({ ...sources, ...resolved });
  return describeConfig({ ...resolved, variables }, {
    file,
    environment: environment === undefined ? undefined : sections[0],
  });
}

function valueOf(name: string): unknown {
  return describe().settings.find((setting) => setting.name === name)?.value;
}

Deno.test("describeConfig() shows no password and no secret", () => {
  const text = JSON.stringify(describe());

  ok(!text.includes("hunter2"), text);
  equal(valueOf("database_url"), "host=h dbname=db user=u");
  equal(valueOf("direct_url"), "***");
  deepEqual(describe().variables.map(({ value }) => value), [
    "postgres://***",
    "***",
  ]);
});

Deno.test("describeConfig() shows values as they would be written", () => {
  deepEqual(
    ["connect_timeout", "lock_timeout", "max_statement_size", "wait"].map(
      valueOf,
    ),
    ["90s", "10m", "64MB", "0"],
  );
  deepEqual(["lock_key", "quiet", "ignore", "statement_timeout"].map(valueOf), [
    12345,
    false,
    [],
    undefined,
  ]);
});

Deno.test("describeConfig() names the file, the environment and the others", () => {
  const { file, environment, isProtected, environments } = describe(
    "production",
  );

  deepEqual({ file, environment, isProtected, environments }, {
    file: "../lockstep.toml",
    environment: "production",
    isProtected: true,
    environments: ["production", "staging"],
  });
  equal(describe("staging").isProtected, false);
  equal(describe().environment, undefined);
});

Deno.test("describeConfig() has every setting, here or elsewhere", () => {
  const rows: readonly SettingRow[] = SETTINGS;

  equal(describe().settings.length, rows.length - 4);
});
