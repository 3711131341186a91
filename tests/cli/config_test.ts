import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { binaryPath, runLockstep } from "../helpers/cli.ts";
import { withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { hasTerminal, runOnTerminal } from "../helpers/terminal.ts";

const FILES = {
  "001_users.sql": 'CREATE TABLE :"name" (id INTEGER);',
  "rollbacks/001_users_down.sql": 'DROP TABLE :"name";',
};

async function writeConfig(dir: string, text: string): Promise<void> {
  await Deno.writeTextFile(join(dir, "lockstep.toml"), text);
}

function configFor(url: string): string {
  return `[vars]
name = "users"

[env.production]
protected = true
database_url = ${JSON.stringify(url)}
[env.production.vars]
name = "customers"
`;
}

Deno.test("lockstep works in a folder below its lockstep.toml", async () => {
  await withDatabase(async ({ url, query }) => {
    await withProject(FILES, async (dir) => {
      await writeConfig(dir, configFor(url));
      await Deno.mkdir(join(dir, "deep/er"), { recursive: true });
      const options = {
        cwd: join(dir, "deep/er"),
        env: { LOCKSTEP_ENV: "production" },
      };

      const migrated = await runLockstep(["migrate"], options);
      const status = await runLockstep(["status", "--exit-code"], options);
      const tables = await query(
        "SELECT to_regclass('customers') IS NOT NULL AS made",
      );

      deepEqual([migrated.code, status.code], [0, 0], migrated.stderr);
      deepEqual(tables, [{ made: true }]);
    });
  });
});

Deno.test("lockstep rolls a protected environment back only when its name is given", async () => {
  await withDatabase(async ({ url }) => {
    await withProject(FILES, async (dir) => {
      await writeConfig(dir, configFor(url));
      const run = (line: string) =>
        runLockstep([...line.split(" "), "--env", "production"], { cwd: dir });
      const migrated = await run("migrate");

      const refused = await run("rollback");
      const forced = await run("migrate --force");
      const dry = await run("rollback --dry-run");
      const other = await run("rollback --yes-to staging");
      const before = await run("status --json");
      const done = await run("rollback --yes-to production");

      deepEqual(
        [migrated, refused, forced, dry, other, done].map(({ code }) => code),
        [0, 2, 2, 0, 2, 0],
      );
      match(refused.stderr, /^error\[protected_environment\]/);
      match(refused.stderr, /^hint: .*--yes-to production$/m);
      equal(JSON.parse(before.stdout).appliedMigrations, 1);
      match(done.stdout, /Rolled back 1 migration/);
    });
  });
});

Deno.test("lockstep asks on the terminal for the name of a protected environment", async (t) => {
  if (!await hasTerminal()) {
    const name = "skipped: a terminal needs the program script";
    await t.step({ name, ignore: true, fn: () => {} });
    return;
  }
  await withDatabase(async ({ url }) => {
    await withProject(FILES, async (dir) => {
      await writeConfig(dir, configFor(url));
      const args = ["rollback", "--env", "production"];
      const awaited = "Type its name to roll back: ";
      await runLockstep(["migrate", "--env", "production"], { cwd: dir });

      const refused = await runOnTerminal(args, {
        cwd: dir,
        awaited,
        answer: "yes",
      });
      const done = await runOnTerminal(args, {
        cwd: dir,
        awaited,
        answer: "production",
      });

      deepEqual([refused.code, done.code], [2, 0], refused.shown + done.shown);
      ok(refused.shown.includes('The environment "production" is protected.'));
      ok(refused.shown.includes("error[protected_environment]"));
      match(done.shown, /Rolled back 1 migration/);
    });
  });
});

const SECRET = "hunter2-and-more";

Deno.test("lockstep config shows no secret, in text or JSON", async () => {
  await withProject({}, async (cwd) => {
    await writeConfig(
      cwd,
      `database_url = "postgres://app:${SECRET}@db1/app"
direct_url_file = "url"
[secret_vars]
password = "PW"
`,
    );
    await Deno.writeTextFile(join(cwd, "url"), `host=db2 password=${SECRET}\n`);
    const env = { PW: SECRET };

    const text = await runLockstep(["config"], { cwd, env });
    const json = await runLockstep(["config", "--json"], { cwd, env });

    deepEqual([text.code, json.code], [0, 0], text.stderr);
    ok(!JSON.stringify([text, json]).includes("hunter2"));
    match(
      text.stdout,
      /^database_url +host=db1 dbname=app user=app +lockstep\.toml:1$/m,
    );
    match(text.stdout, /^direct_url +host=db2 +lockstep\.toml:2$/m);
    match(text.stdout, /^password +\*\*\* +lockstep\.toml:4$/m);
  });
});

Deno.test("lockstep uses no section unless one is chosen, and only one that is there", async () => {
  await withProject({}, async (cwd) => {
    await writeConfig(cwd, '[env.production]\ntable = "p"\n');
    const none = await runLockstep(["config"], { cwd });
    const chosen = await runLockstep(["config", "--env=production"], { cwd });
    const unknown = await runLockstep(["status", "--env", "prodution"], {
      cwd,
    });

    match(none.stdout, /^table +public\.schema_migrations +default$/m);
    match(chosen.stdout, /^table +p +lockstep\.toml:2 \[env\.production\]$/m);
    equal(unknown.code, 2);
    equal(
      unknown.stderr,
      `error[unknown_environment]: Cannot use the environment "prodution" as there is no section [env.prodution]
  --> lockstep.toml
hint: did you mean "production"?
`,
    );
  });
});

Deno.test("lockstep names file, line and the right key for a wrong one", async () => {
  await withProject({}, async (cwd) => {
    await writeConfig(cwd, '# settings\n[env.a]\nlock_timout = "3s"\n');
    const answer = await runLockstep(["status"], { cwd });
    const json = await runLockstep(["status", "--json"], { cwd });

    equal(answer.code, 2);
    equal(
      answer.stderr,
      `error[unknown_setting]: Cannot use the key "lock_timout" as there is no such setting here
  --> lockstep.toml:3:1
hint: did you mean "lock_timeout"?
`,
    );
    equal(JSON.parse(json.stdout).error.location.line, 3);
  });
});

Deno.test("lockstep refuses a folder called lockstep.toml, and what is no text", async () => {
  await withProject({}, async (cwd) => {
    const path = join(cwd, "lockstep.toml");
    await Deno.mkdir(path);
    const folder = await runLockstep(["status"], { cwd });
    await Deno.remove(path);
    await Deno.writeFile(path, Uint8Array.of(0x23, 0x0a, 0xff));
    const bytes = await runLockstep(["status"], { cwd });
    await Deno.writeFile(path, new Uint8Array(2 * 1024 * 1024).fill(0x23));
    const huge = await runLockstep(["status"], { cwd });

    deepEqual([folder.code, bytes.code, huge.code], [2, 2, 2]);
    match(folder.stderr, /"lockstep\.toml" as it is a folder\n/);
    match(bytes.stderr, /is not UTF-8\n {2}--> lockstep\.toml:2:1\n/);
    match(huge.stderr, /"lockstep\.toml" as it is larger than 1 MB\n/);
  });
});

Deno.test("lockstep reads a file that it may not write, as another user", async (t) => {
  if (!await canChangeUser()) {
    const name = "skipped: changing the user needs root and setpriv";
    await t.step({ name, ignore: true, fn: () => {} });
    return;
  }
  await withProject({}, async (dir) => {
    const cwd = join(dir, "closed/open");
    await Deno.mkdir(cwd, { recursive: true });
    await Deno.chmod(dir, 0o755);
    await writeConfig(dir, 'table = "x"\n');
    await Deno.chmod(join(dir, "lockstep.toml"), 0o444);
    // Neither what is in it nor what is below can be looked at.
    await Deno.chmod(join(dir, "closed"), 0o700);

    const read = await runAsNobody(["config"], cwd);
    await Deno.chmod(join(dir, "lockstep.toml"), 0o400);
    const unreadable = await runAsNobody(["config"], cwd);
    await Deno.chown(join(dir, "lockstep.toml"), 12345, 12345);
    const foreign = await runAsNobody(["config"], cwd);

    match(read.output, /^table +x +\.\.\/\.\.\/lockstep\.toml:1$/m);
    equal(read.code, 0);
    match(
      unreadable.output,
      /"\.\.\/\.\.\/lockstep\.toml" as the system refuses\n/,
    );
    equal(unreadable.code, 2);
    match(foreign.output, /^error\[untrusted_config\]/);
    equal(foreign.code, 2);
  });
});

async function canChangeUser(): Promise<boolean> {
  return Deno.uid() === 0 &&
    (await runAsNobody(["version"], "/")).output.startsWith("lockstep ");
}

async function runAsNobody(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command("setpriv", {
      args: ["--reuid=65534", "--clear-groups", binaryPath(), ...args],
      cwd,
      clearEnv: true,
    }).output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, output: "" };
  }
}
