import { deepEqual, equal, throws } from "node:assert/strict";
import { chooseSections } from "../../../../src/core/config/config_file.ts";
import {
  findSecretFiles,
  resolveSettings,
  resolveText,
  type SettingSources,
} from "../../../../src/core/config/resolve.ts";
import { configOf } from "./config_sample.ts";

const TEXT = `lock_timeout = "2m"
table = "top"
wait = "9s"
ignore = ["a,b"]
database_url = "top-url"
[env.production]
table = "production"
wait = "8s"
database_url_file = "url"
direct_url = "direct"
`;

function sources(given: Partial<SettingSources>): SettingSources {
  const sections = chooseSections(configOf(TEXT), "production");
  return { flags: {}, env: {}, files: {}, sections, ...given };
}

Deno.test("resolveSettings() prefers flag, variable, environment, file, default", () => {
  const { values, origins } = resolveSettings(sources({
    flags: { table: "flag" },
    env: { LOCKSTEP_TABLE: "variable", LOCKSTEP_WAIT: "7s" },
    files: { database_url_file: "from-file" },
  }));

  deepEqual(
    (["table", "wait", "directUrl", "lockTimeout", "lockKey"] as const).map(
      (name) => {
        const origin = origins.get(name);
        const environment = origin?.kind === "file" ? origin.environment : "";
        return [values[name], origin?.kind, environment];
      },
    ),
    [
      ["flag", "flag", ""],
      [7000, "variable", ""],
      ["direct", "file", "production"],
      [120_000, "file", undefined],
      [12345, "default", ""],
    ],
  );
});

Deno.test("resolveSettings() tells the key and the line that a value comes from", () => {
  const { origins } = resolveSettings(sources({
    files: {
      database_url_file: "x",
    },
  }));

  deepEqual(origins.get("databaseUrl"), {
    kind: "file",
    name: "database_url_file",
    environment: "production",
    location: { path: "../lockstep.toml", line: 9, column: 1 },
  });
});

Deno.test("resolveSettings() keeps a comma in an item of a list", () => {
  const { values } = resolveSettings(sources({
    files: {
      database_url_file: "x",
    },
  }));

  deepEqual(values.ignore, ["a,b"]);
});

Deno.test("resolveSettings() puts the default folder beside the file", () => {
  const given = sources({ sections: [], projectDir: ".." });

  equal(resolveSettings(given).values.migrationsDir, "../migrations");
});

Deno.test("resolveSettings() says where the file of a secret is named that is empty", () => {
  const given = sources({ files: { database_url_file: "" } });

  throws(() => resolveSettings(given), {
    message: 'Cannot use "database_url_file" as it is empty',
    location: { path: "../lockstep.toml", line: 9, column: 1 },
  });
});

Deno.test("findSecretFiles() asks for the file that the environment names", () => {
  deepEqual(findSecretFiles(sources({})), [{
    variable: "database_url_file",
    path: "../url",
    location: { path: "../lockstep.toml", line: 9, column: 1 },
  }]);
});

for (
  const stronger of [
    { flags: { databaseUrl: "x" } },
    { env: { DATABASE_URL: "x" } },
  ]
) {
  Deno.test(`findSecretFiles() reads no file when ${Object.keys(stronger)} give the secret`, () => {
    deepEqual(findSecretFiles(sources(stronger)), []);
  });
}

Deno.test("findSecretFiles() lets a value of the environment hide a file above", () => {
  const config = configOf(
    'database_url_file = "x"\n[env.a]\ndatabase_url = "y"',
  );

  deepEqual(
    findSecretFiles(sources({ sections: chooseSections(config, "a") })),
    [],
  );
});

Deno.test("resolveText() reads flag and variable, and refuses an empty flag", () => {
  const env = { LOCKSTEP_ENV: "a" };

  equal(resolveText("environment", sources({ env })), "a");
  equal(
    resolveText("environment", sources({ env, flags: { environment: "b" } })),
    "b",
  );
  equal(resolveText("config", sources({ env })), undefined);
  throws(
    () => resolveText("environment", sources({ flags: { environment: "" } })),
    { message: 'Cannot use "--env" as it is empty' },
  );
});
