import { deepEqual, equal, ok } from "node:assert/strict";
import type { FakeProcess } from "./fake_host.ts";
import { runWith } from "./run_with.ts";

const TEXT = `migrations_dir = "db"
lock_timeout = "1s"
direct_url = "postgres:///direct"

[vars]
role = "app"

[secret_vars]
password = "APP_PASSWORD"

[env.production]
protected = true
lock_timeout = "2s"
database_url_file = "url"
`;

const ENV = { APP_PASSWORD: "hunter2", LOCKSTEP_ENV: "production" };

function project(given: FakeProcess): FakeProcess {
  return {
    files: {
      "/work/lockstep.toml": TEXT,
      "../../url": "postgres:///production\n",
    },
    cwd: "/work/a/b",
    env: ENV,
    ...given,
  };
}

Deno.test("run() hands what the file says to the manager, seen from the working directory", async () => {
  const { code, fake } = await runWith(project({ args: ["migrate"] }));

  equal(code, 0);
  const { migrationsDir, lockTimeoutMs, databaseUrl, directUrl, variables } =
    fake.asked.settings ?? {};
  deepEqual({ migrationsDir, lockTimeoutMs, databaseUrl, directUrl }, {
    migrationsDir: "../../db",
    lockTimeoutMs: 2000,
    databaseUrl: "postgres:///production",
    directUrl: "postgres:///direct",
  });
  deepEqual([...variables ?? []], [
    ["role", { value: "app", isSecret: false }],
    ["password", { value: "hunter2", isSecret: true }],
  ]);
});

Deno.test("run() uses the nearest file alone", async () => {
  const { fake } = await runWith(project({
    args: ["status"],
    env: {},
    files: { "/work/lockstep.toml": TEXT, "/work/a/lockstep.toml": "" },
  }));

  equal(fake.asked.settings?.migrationsDir, "../migrations");
  equal(fake.asked.settings?.lockTimeoutMs, 600_000);
});

Deno.test("run() finds a file in the root", async () => {
  const { fake } = await runWith({
    args: ["status"],
    cwd: "/a",
    files: { "/lockstep.toml": 'migrations_dir = "/srv/db"' },
  });

  equal(fake.asked.settings?.migrationsDir, "/srv/db");
});

const NAMED: readonly FakeProcess[] = [
  { args: ["status", "--config", "../x.toml"], env: {} },
  { args: ["status"], env: { LOCKSTEP_CONFIG: "../x.toml" } },
];

for (const given of NAMED) {
  Deno.test(`run() uses the file that is named: ${JSON.stringify(given)}`, async () => {
    const { fake } = await runWith(project({
      ...given,
      files: { "/work/a/x.toml": 'lock_timeout = "3s"' },
    }));

    equal(fake.asked.settings?.lockTimeoutMs, 3000);
    equal(fake.asked.settings?.migrationsDir, "migrations");
  });
}

Deno.test("run() uses no file for --config /dev/null", async () => {
  const { fake } = await runWith(project({
    args: ["status", "--config", "/dev/null"],
    env: {},
  }));

  equal(fake.asked.settings?.lockTimeoutMs, 600_000);
});

Deno.test("run() exits 2 for a named file that is not there", async () => {
  const { code, host } = await runWith({
    args: ["status", "--config", "gone.toml"],
  });

  equal(code, 2);
  ok(host.written.stderr.startsWith(
    'error[config_unreadable]: Cannot read "gone.toml" as there is no such file\n',
  ));
});

Deno.test("run() shows where the file is wrong", async () => {
  const { code, host } = await runWith({
    args: ["status"],
    files: { "/work/lockstep.toml": '\ntable = "a\n' },
  });

  equal(code, 2);
  ok(
    host.written.stderr.startsWith(
      'error[bad_config]: Cannot read "lockstep.toml" as it is not correct TOML: ',
    ),
    host.written.stderr,
  );
  ok(host.written.stderr.includes("--> lockstep.toml:2:11\n"));
});

for (const command of ["version", "help"]) {
  Deno.test(`run() reads no file for ${command}`, async () => {
    const { code } = await runWith({
      args: [command],
      files: { "/work/lockstep.toml": "wrong" },
    });

    equal(code, 0);
  });
}

for (const command of ["status", "create x", "init"]) {
  Deno.test(`run() needs no secrets of the file for ${command}`, async () => {
    const { code } = await runWith(
      project({ args: command.split(" "), env: {} }),
    );

    equal(code, 0);
  });
}

Deno.test("run() refuses a secret of the file that is not set where SQL may use it", async () => {
  const { code, host } = await runWith(project({ args: ["plan"], env: {} }));

  equal(code, 2);
  ok(host.written.stderr.includes("--> ../../lockstep.toml:9:1\n"));
});

Deno.test("run() warns of an unknown variable, not of one that the file uses", async () => {
  const { host } = await runWith({
    args: ["migrate"],
    files: {
      "/work/lockstep.toml": '[secret_vars]\npw = "LOCKSTEP_PW"\n',
    },
    env: { LOCKSTEP_PW: "hunter2", LOCKSTEP_PX: "x" },
  });

  ok(host.written.stderr.includes('"LOCKSTEP_PX" is no setting'));
  ok(!host.written.stderr.includes("LOCKSTEP_PW"), host.written.stderr);
});

Deno.test("run() warns when a variable hides the database of the environment", async () => {
  const { code, fake, host } = await runWith(project({
    args: ["migrate"],
    env: { ...ENV, DATABASE_URL: "postgres:///left" },
  }));

  equal(code, 0);
  equal(fake.asked.settings?.databaseUrl, "postgres:///left");
  ok(host.written.stderr.includes("warning[overridden_setting]"));
});

Deno.test("run() prints the settings, also when quiet", async () => {
  const { code, host, fake } = await runWith(project({
    args: ["config", "--quiet", "--wait", "3s"],
  }));

  equal(code, 0);
  equal(fake.asked.settings, undefined);
  const lines = host.written.stdout.split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));
  deepEqual(lines.slice(0, 3), [
    "file: ../../lockstep.toml",
    "environment: production, protected",
    "",
  ]);
  for (
    const line of [
      "database_url dbname=production ../../lockstep.toml:14 [env.production]",
      "migrations_dir ../../db ../../lockstep.toml:1",
      "wait 3s --wait",
      "lock_key 12345 default",
      "statement_timeout - default",
      "password *** ../../lockstep.toml:9",
    ]
  ) ok(lines.includes(line), `${line}\n${host.written.stdout}`);
});

Deno.test("run() prints the settings as JSON", async () => {
  const { host } = await runWith({ args: ["config", "--json"] });

  const report = JSON.parse(host.written.stdout);
  equal(report.kind, "config");
  equal(report.file, undefined);
  equal(report.settings.length > 15, true);
});

/** A command, and whether a protected environment asks about it. */
const GUARDED = [
  { line: "rollback", code: 2 },
  { line: "rollback --count 2 --force", code: 2 },
  { line: "rollback --dry-run", code: 0 },
  { line: "rollback --dry-run=execute", code: 2 },
  { line: "rollback --yes-to production", code: 0 },
  { line: "rollback --yes-to staging", code: 2 },
  { line: "migrate", code: 0 },
  { line: "migrate --force", code: 2 },
  { line: "migrate --force --dry-run", code: 0 },
  { line: "migrate --force --dry-run=execute", code: 2 },
  { line: "migrate --dry-run=execute", code: 0 },
  { line: "migrate --force --yes-to production", code: 0 },
  { line: "test-db", code: 2 },
  { line: "test-db drop --all --yes-to production", code: 0 },
  { line: "test-db list", code: 0 },
  { line: "plan", code: 0 },
  { line: "status", code: 0 },
];

for (const { line, code } of GUARDED) {
  Deno.test(`run() exits ${code} for ${line} in a protected environment`, async () => {
    const answer = await runWith(project({ args: line.split(" ") }));

    equal(answer.code, code, answer.host.written.stderr);
    equal(answer.fake.asked.calls.length, code === 0 ? 1 : 0);
  });
}

Deno.test("run() guards no other environment", async () => {
  const { code } = await runWith(project({
    args: ["rollback"],
    env: { APP_PASSWORD: "hunter2" },
  }));

  equal(code, 0);
});

Deno.test("run() goes on when the environment's name is typed", async () => {
  const { code, fake } = await runWith(project({
    args: ["rollback"],
    terminal: "yes",
    typed: ["production"],
  }));

  equal(code, 0);
  equal(fake.asked.calls.length, 1);
});
