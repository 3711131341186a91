import { deepEqual, equal, ok } from "node:assert/strict";
import { run } from "../../../src/cli/run.ts";
import { ExecutionError, InterruptedError } from "../../../src/errors.ts";
import { EMPTY_RUN, FAILED_RUN, STATUS } from "../report/sample_reports.ts";
import { fakeHost } from "./fake_host.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

Deno.test("run() prints the help to stderr and exits 2 when no command is given", async () => {
  const { code, host } = await runWith({});

  equal(code, 2);
  equal(host.written.stdout, "");
  ok(host.written.stderr.startsWith("Usage: lockstep <command>"));
  ok(host.written.stderr.includes("error[missing_argument]"));
});

for (
  const args of [
    ["help", "migrate"],
    ["migrate", "--help"],
    ["--help", "migrate"],
    ["migrate", "-h", "--force"],
    ["help", "migrate", "--quiet"],
  ]
) {
  Deno.test(`run() prints the manual of a command for ${args.join(" ")}`, async () => {
    const { code, host, fake } = await runWith({ args });

    equal(code, 0);
    ok(host.written.stdout.startsWith("Usage: lockstep migrate [version]"));
    equal(host.written.stderr, "");
    deepEqual(fake.asked.calls, []);
  });
}

for (
  const args of [["--version"], ["-V"], ["version"], ["version", "--quiet"]]
) {
  Deno.test(`run() prints the version for ${args.join(" ")}`, async () => {
    const { code, host } = await runWith({ args });

    equal(code, 0);
    ok(
      /^lockstep \d+\.\d+\.\d+\S* \(Deno 0\.0\.0\)\n$/.test(
        host.written.stdout,
      ),
    );
  });
}

const CALLS: readonly (readonly [string, readonly [string, unknown]])[] = [
  ["init", ["init", { sql: false }]],
  ["init --sql", ["init", { sql: true }]],
  ["migrate", ["migrate", { dryRun: false, force: false }]],
  ["migrate 002 --force", [
    "migrate",
    { version: "002", dryRun: false, force: true },
  ]],
  ["--json migrate --dry-run 002", [
    "migrate",
    { version: "002", dryRun: true, force: false },
  ]],
  ["migrate --dry-run=execute 002", [
    "migrate",
    { version: "002", dryRun: "execute", force: false },
  ]],
  ["rollback --dry-run --dry-run=execute", [
    "rollback",
    { dryRun: "execute", force: false },
  ]],
  ["plan", ["migrate", { dryRun: true, force: false }]],
  ["plan 002 --sql", [
    "migrate",
    { version: "002", dryRun: true, force: false },
  ]],
  ["sql split a.sql", ["splitScript", { path: "a.sql" }]],
  ["sql --json split a.sql", ["splitScript", { path: "a.sql" }]],
  ["rollback", ["rollback", { dryRun: false, force: false }]],
  ["rollback --count 2", [
    "rollback",
    { count: 2, dryRun: false, force: false },
  ]],
  ["rollback --to=001 --reason -x --force --dry-run", [
    "rollback",
    { to: "001", reason: "-x", dryRun: true, force: true },
  ]],
  ["status --table a.b", ["getStatus", undefined]],
  ["unlock", ["unlock", undefined]],
  ["doctor", ["examine", undefined]],
  ["create add user --quiet authentication", [
    "create",
    "add user authentication",
  ]],
  ["create -- --force", ["create", "--force"]],
];

for (const [line, call] of CALLS) {
  Deno.test(`run() asks the manager what "${line}" means`, async () => {
    const { fake } = await runWith({ args: line.split(" ") });

    deepEqual(fake.asked.calls, [call]);
  });
}

for (const flag of ["--json", "--quiet", undefined]) {
  Deno.test(`run() with ${flag ?? "no flag"} says that it waits for a server only to people`, async () => {
    const args = ["status", ...flag === undefined ? [] : [flag]];
    const { fake, host } = await runWith({ args });

    fake.asked.hooks?.onEvent?.({
      type: "server_waiting",
      server: "db",
      reason: "it starts",
    });

    const isTold = host.written.stderr.includes("Waiting for db: it starts");
    equal(isTold, flag === undefined, host.written.stderr);
  });
}

Deno.test("run() hands settings from flags, variables and host to the manager", async () => {
  const { fake } = await runWith({
    args: [
      "status",
      "--ignore",
      "a*",
      "--ignore",
      "b*,c*",
      "--allow-out-of-order",
      "--lock-key",
      "-5",
      "--statement-timeout",
      "30s",
      "--direct-url",
      "postgres:///direct",
      "--pg-dump",
      "/opt/pg_dump",
    ],
    env: {
      DATABASE_URL: "postgres:///x",
      LOCKSTEP_BACKUP: "always",
      LOCKSTEP_LOCK_TIMEOUT: "0",
      LOCKSTEP_MAX_STATEMENT_SIZE: "1MB",
    },
  });

  deepEqual(fake.asked.settings, {
    databaseUrl: "postgres:///x",
    directUrl: "postgres:///direct",
    homeDir: "/home/app",
    userName: "app",
    env: {
      DATABASE_URL: "postgres:///x",
      LOCKSTEP_BACKUP: "always",
      LOCKSTEP_LOCK_TIMEOUT: "0",
      LOCKSTEP_MAX_STATEMENT_SIZE: "1MB",
    },
    cwd: "/work",
    migrationsDir: "migrations",
    table: "public.schema_migrations",
    lockKey: -5,
    lockTimeoutMs: 0,
    statementLockTimeoutMs: 5_000,
    lockRetryMs: 300_000,
    statementTimeoutMs: 30_000,
    waitMs: 0,
    ignore: ["a*", "b*", "c*"],
    order: "any",
    maxStatementBytes: 1024 ** 2,
    backup: "always",
    backupMethod: "pg_dump",
    backupDir: "backups",
    snapshot: "auto",
    pgDump: "/opt/pg_dump",
  });
});

Deno.test("run() hands the URL past the pooler to the manager", async () => {
  const { fake } = await runWith({
    args: ["migrate"],
    env: { LOCKSTEP_DIRECT_URL: "postgres:///direct" },
  });

  equal(fake.asked.settings?.directUrl, "postgres:///direct");
});

Deno.test("run() names the variable whose file cannot be read", async () => {
  const { code, host } = await runWith({
    args: ["status"],
    env: { DATABASE_URL_FILE: "/gone" },
  });

  equal(code, 2);
  ok(host.written.stderr.startsWith(
    'error[config_unreadable]: Cannot use "DATABASE_URL_FILE" as the file that it names cannot be read\n',
  ));
});

Deno.test("run() exits 2 when the working directory is gone", async () => {
  const host = fakeHost({ args: ["status"] });

  const code = await run(host, fakeManager().open);

  equal(code, 2);
  ok(host.written.stderr.includes("error[missing_directory]"));
});

Deno.test("run() warns of a variable that nothing reads", async () => {
  const { code, host } = await runWith({
    args: ["migrate"],
    env: { LOCKSTEP_TABEL: "x" },
  });

  equal(code, 0);
  ok(host.written.stderr.includes("warning[unknown_variable]"));
});

Deno.test("run() puts the result on stdout and the error on stderr", async () => {
  const fake = fakeManager({ migrate: () => Promise.resolve(FAILED_RUN) });

  const { code, host } = await runWith({ args: ["migrate"] }, fake);

  equal(code, 5);
  ok(host.written.stdout.includes("Applied 1 of 3 migrations"));
  ok(host.written.stderr.includes("error[statement_failed]"));
});

Deno.test("run() parts result and error where both are seen on one screen", async () => {
  const fake = fakeManager({ migrate: () => Promise.resolve(FAILED_RUN) });

  const { host } = await runWith({
    args: ["migrate"],
    terminal: "yes",
    env: { NO_COLOR: "1" },
  }, fake);

  ok(host.written.stderr.startsWith("\nwarning["));
});

Deno.test("run() prints only errors when quiet", async () => {
  const fake = fakeManager({ migrate: () => Promise.resolve(FAILED_RUN) });

  const { host } = await runWith({ args: ["migrate", "--quiet"] }, fake);

  equal(host.written.stdout, "");
  ok(host.written.stderr.startsWith("error[statement_failed]"));
});

Deno.test("run() prints one JSON document, also for LOCKSTEP_JSON", async () => {
  const fake = fakeManager({ migrate: () => Promise.resolve(FAILED_RUN) });

  const { host } = await runWith({
    args: ["migrate"],
    env: { LOCKSTEP_JSON: "1" },
  }, fake);

  equal(JSON.parse(host.written.stdout).error.exitCode, 5);
});

Deno.test("run() answers a wrong command line in JSON when asked", async () => {
  const { code, host } = await runWith({ args: ["migrat", "--json"] });

  equal(code, 2);
  equal(JSON.parse(host.written.stdout).error.code, "unknown_command");
});

Deno.test("run() refuses a switch that is neither true nor false", async () => {
  const { code, host } = await runWith({
    args: ["version"],
    env: { LOCKSTEP_QUIET: "maybe" },
  });

  equal(code, 2);
  ok(host.written.stderr.includes('Cannot set "LOCKSTEP_QUIET" to "maybe"'));
});

Deno.test("run() does not mind wrong settings when only the version is asked", async () => {
  const { code } = await runWith({
    args: ["version"],
    env: { LOCKSTEP_WAIT: "nonsense" },
  });

  equal(code, 0);
});

Deno.test("run() exits 6 when a step is part-way", async () => {
  const error = new ExecutionError("cancelled", "Cannot go on", {
    remains: "part",
  });
  const fake = fakeManager({
    migrate: () => Promise.resolve({ ...FAILED_RUN, error }),
  });

  equal((await runWith({ args: ["migrate"] }, fake)).code, 6);
});

Deno.test("run() exits 3 for status --exit-code when something is to be done", async () => {
  const { code } = await runWith({ args: ["status", "--exit-code"] });

  equal(code, 3);
});

Deno.test("run() exits 0 for status --exit-code when all is applied", async () => {
  const fake = fakeManager({
    getStatus: () =>
      Promise.resolve({
        ...STATUS,
        pendingMigrations: 0,
        failedMigrations: 0,
        states: { applied: 3, baseline: 1 },
      }),
  });

  const { code } = await runWith({ args: ["status", "--exit-code"] }, fake);

  equal(code, 0);
});

Deno.test("run() exits 0 for a status without --exit-code", async () => {
  equal((await runWith({ args: ["status"] })).code, 0);
});

Deno.test("run() exits 1 when the output cannot be written", async () => {
  const { code, host } = await runWith({
    args: ["version"],
    lostOutput: new Error("No space left on device"),
  });

  equal(code, 1);
  ok(host.written.stderr.includes("Cannot write the output as No space left"));
});

Deno.test("run() takes signals that come together for one", async () => {
  const host = fakeHost({ args: ["migrate"], cwd: "/work" });
  const fake = fakeManager({
    migrate() {
      host.send("SIGTERM");
      host.send("SIGTERM");
      host.time += 1_000;
      host.send("SIGHUP");
      const error = new InterruptedError("SIGTERM");
      return Promise.resolve({ ...EMPTY_RUN, success: false, error });
    },
  });

  equal(await run(host, fake.open), 143);
  deepEqual(host.exits, []);
});

Deno.test("run() keeps the exit code of a failure whose output is lost", async () => {
  const host = fakeHost({
    args: ["migrate"],
    cwd: "/work",
    lostOutput: new Error("No space left"),
  });
  const fake = fakeManager({
    migrate: () =>
      Promise.resolve({
        ...EMPTY_RUN,
        success: false,
        error: new InterruptedError("SIGHUP"),
      }),
  });

  equal(await run(host, fake.open), 129);
});

Deno.test("run() leaves at the first signal once only printing is left", async () => {
  const host = fakeHost({ args: ["status"], cwd: "/work" });
  host.flush = () => {
    host.send("SIGTERM");
    return Promise.resolve();
  };

  await run(host, fakeManager().open);

  deepEqual(host.exits, [143]);
});

Deno.test("run() aborts the run at the first signal and leaves at the second", async () => {
  const host = fakeHost({ args: ["migrate"], cwd: "/work" });
  const fake = fakeManager({
    migrate() {
      host.send("SIGTERM");
      host.time += 500;
      host.send("SIGINT");
      const error = new InterruptedError("SIGTERM");
      return Promise.resolve({ ...EMPTY_RUN, success: false, error });
    },
  });

  const code = await run(host, fake.open);

  equal(fake.asked.hooks?.signal?.reason, "SIGTERM");
  deepEqual(host.exits, [130]);
  equal(code, 143);
  equal(host.written.stderr.match(/Cancelling/g)?.length, 1);
});
