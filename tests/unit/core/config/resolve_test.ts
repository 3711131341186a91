import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  findSecretFiles,
  resolveSettings,
  resolveSwitch,
  type SettingSources,
} from "../../../../src/core/config/resolve.ts";
import { ConfigError } from "../../../../src/errors.ts";

function sources(given: Partial<SettingSources>): SettingSources {
  return { flags: {}, env: {}, files: {}, ...given };
}

Deno.test("resolveSettings() falls back to the defaults", () => {
  const { values } = resolveSettings(sources({}));

  deepEqual(values, {
    config: undefined,
    environment: undefined,
    failOn: undefined,
    databaseUrl: undefined,
    directUrl: undefined,
    migrationsDir: "migrations",
    table: "public.schema_migrations",
    ignore: [],
    allowOutOfOrder: false,
    lockTimeout: 600_000,
    statementLockTimeout: 5_000,
    dryRunLockTimeout: undefined,
    lockRetryFor: 300_000,
    statementTimeout: undefined,
    lockKey: 12345,
    connectTimeout: 10_000,
    wait: 0,
    maxStatementSize: 64 * 1024 ** 2,
    backup: "auto",
    backupMethod: "pg_dump",
    backupDir: "backups",
    snapshot: "auto",
    pgDump: undefined,
    vars: [],
    secretVars: [],
    varsFromEnv: undefined,
    json: false,
    output: "human",
    quiet: false,
  });
});

Deno.test("resolveSettings() prefers a flag to a variable", () => {
  const { values, origins } = resolveSettings(sources({
    flags: { table: "a" },
    env: { LOCKSTEP_TABLE: "b", LOCKSTEP_WAIT: "3s" },
  }));

  equal(values.table, "a");
  deepEqual(origins.get("table"), { kind: "flag", name: "--table" });
  deepEqual(origins.get("wait"), { kind: "variable", name: "LOCKSTEP_WAIT" });
  deepEqual(origins.get("lockKey"), { kind: "default" });
});

Deno.test("resolveSettings() prefers LOCKSTEP_DATABASE_URL to DATABASE_URL", () => {
  const env = { DATABASE_URL: "b", LOCKSTEP_DATABASE_URL: "a" };

  equal(resolveSettings(sources({ env })).values.databaseUrl, "a");
});

Deno.test("resolveSettings() counts an empty variable as not set", () => {
  const env = { LOCKSTEP_DATABASE_URL: "", DATABASE_URL: "b" };

  equal(resolveSettings(sources({ env })).values.databaseUrl, "b");
});

Deno.test("resolveSettings() takes a secret from its file", () => {
  const { values, origins } = resolveSettings(sources({
    files: { DATABASE_URL_FILE: "c" },
  }));

  equal(values.databaseUrl, "c");
  deepEqual(origins.get("databaseUrl"), {
    kind: "variable",
    name: "DATABASE_URL_FILE",
  });
});

Deno.test("resolveSettings() throws invalid_setting naming variable, value and form", () => {
  const env = { LOCKSTEP_LOCK_TIMEOUT: "30" };

  throws(() => resolveSettings(sources({ env })), (error: unknown) => {
    ok(error instanceof ConfigError);
    equal(error.code, "invalid_setting");
    equal(
      error.message,
      'Cannot set "LOCKSTEP_LOCK_TIMEOUT" to "30" as that is no time',
    );
    ok(error.hint?.includes("30s"));
    return true;
  });
});

Deno.test("resolveSettings() shows no password that stands in the wrong place", () => {
  const flags = { wait: "postgres://u:hunter2@h/db" };

  throws(
    () => resolveSettings(sources({ flags })),
    (error: unknown) =>
      error instanceof ConfigError && !error.message.includes("hunter2"),
  );
});

Deno.test("resolveSettings() refuses an empty flag", () => {
  throws(
    () => resolveSettings(sources({ flags: { table: "" } })),
    { message: 'Cannot use "--table" as it is empty' },
  );
});

Deno.test("resolveSwitch() does not look at the other settings", () => {
  const env = { LOCKSTEP_WAIT: "nonsense", LOCKSTEP_JSON: "yes" };

  equal(resolveSwitch("json", sources({ env })), true);
});

Deno.test("resolveSwitch() throws for a word that is neither", () => {
  throws(
    () => resolveSwitch("quiet", sources({ env: { LOCKSTEP_QUIET: "maybe" } })),
    { code: "invalid_setting" },
  );
});

Deno.test("findSecretFiles() names the file of the strongest variable", () => {
  const env = {
    LOCKSTEP_DATABASE_URL_FILE: "/run/a",
    DATABASE_URL: "unused",
  };

  deepEqual(findSecretFiles({ flags: {}, env }), [
    { variable: "LOCKSTEP_DATABASE_URL_FILE", path: "/run/a" },
  ]);
});

Deno.test("findSecretFiles() reads nothing when a flag or a stronger variable is set", () => {
  const file = { DATABASE_URL_FILE: "/run/a" };

  deepEqual(findSecretFiles({ flags: { databaseUrl: "x" }, env: file }), []);
  deepEqual(
    findSecretFiles({
      flags: {},
      env: { ...file, LOCKSTEP_DATABASE_URL: "x" },
    }),
    [],
  );
});

Deno.test("findSecretFiles() throws when a variable and its file are both set", () => {
  throws(
    () =>
      findSecretFiles({
        flags: {},
        env: { DATABASE_URL: "x", DATABASE_URL_FILE: "/run/a" },
      }),
    {
      code: "invalid_setting",
      message:
        'Cannot use "DATABASE_URL_FILE" as "DATABASE_URL" is set at the same time',
    },
  );
});
