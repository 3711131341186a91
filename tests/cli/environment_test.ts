import { equal, match } from "node:assert/strict";
import { binaryPath, runLockstep } from "../helpers/cli.ts";
import { withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";

const FILES = {
  "001_users.sql": "CREATE TABLE users (id INTEGER);",
  "rollbacks/001_users_down.sql": "DROP TABLE users;",
};

/** Every command that works on a database, with what it prints. */
const ROUND: readonly (readonly [args: readonly string[], output: RegExp])[] = [
  [["init"], /schema_migrations/],
  [["plan"], /001_users/],
  [["migrate", "--dry-run"], /CREATE TABLE users/],
  [["migrate"], /Applied 1 migration/],
  [["status"], /1 applied, 0 pending/],
  [["rollback"], /Rolled back 1 migration/],
];

async function withEmptyFolder(
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("lockstep version, help and init --sql need nothing at all", async () => {
  await withEmptyFolder(async (cwd) => {
    const version = await runLockstep(["version"], { cwd });
    const help = await runLockstep(["help"], { cwd });
    const sql = await runLockstep(["init", "--sql"], { cwd });

    match(version.stdout, /^lockstep \d/);
    match(help.stdout, /^Usage: lockstep/);
    match(sql.stdout, /CREATE TABLE/);
    equal(version.code + help.code + sql.code, 0);
  });
});

Deno.test("lockstep create works in an empty folder and environment", async () => {
  await withEmptyFolder(async (cwd) => {
    const created = await runLockstep(["create", "first"], { cwd });

    equal(created.code, 0, created.stderr);
    match(created.stdout, /migrations\/\d{14}_first\.sql/);
  });
});

Deno.test("lockstep migrate in an empty folder names what is missing", async () => {
  await withDatabase(async ({ url }) => {
    await withEmptyFolder(async (cwd) => {
      const env = { DATABASE_URL: url };
      const migrated = await runLockstep(["migrate"], { cwd, env });

      equal(migrated.code, 2);
      match(migrated.stderr, /^error\[missing_directory\]/);
      match(migrated.stderr, /^hint: /m);
    });
  });
});

Deno.test("lockstep does its round with nothing but DATABASE_URL", async () => {
  await withDatabase(async ({ url }) => {
    await withProject(FILES, async (cwd) => {
      for (const [args, output] of ROUND) {
        const run = await runLockstep(args, {
          cwd,
          env: { DATABASE_URL: url },
        });

        equal(run.code, 0, run.stderr);
        match(run.stdout, output);
      }
    });
  });
});

Deno.test("lockstep does its round on a read-only file system", async (t) => {
  if (!await canRemount()) {
    await t.step({
      name: "skipped: mounting needs root and unshare",
      ignore: true,
      fn: () => {},
    });
    return;
  }
  await withDatabase(async ({ url }) => {
    await withProject(FILES, async (cwd) => {
      for (const [args, output] of ROUND) {
        const run = await runReadOnly([binaryPath(), ...args], cwd, url);

        equal(run.code, 0, run.stderr);
        match(run.stdout, output);
      }
    });
  });
});

const REMOUNT = "mount --make-rprivate / && mount -o remount,bind,ro / && " +
  "! touch here 2>/dev/null && exec";

async function canRemount(): Promise<boolean> {
  return (await runReadOnly(["true"], "/", "")).code === 0;
}

async function runReadOnly(
  command: readonly string[],
  cwd: string,
  url: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", `${REMOUNT} "$@"`, "sh", ...command],
      cwd,
      clearEnv: true,
      env: { DATABASE_URL: url, PATH: Deno.env.get("PATH") ?? "" },
    }).output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: "" };
  }
}
