import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import {
  type BackupProject,
  withBackups,
  writeProgram,
} from "../helpers/backup.ts";
import { ending, logOf, tablesOf, withRole } from "../helpers/run.ts";

const FILES = {
  "001_users.sql": "CREATE TABLE users AS SELECT 1 AS id;\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
};

const VERSION =
  'case "$1" in --version) echo "NAME (PostgreSQL) 99.0"; exit;; esac\n';

/**
 * Runs a test with a database that has a migration with data, and with a
 * pg_dump that does what the script says; the folder of the programs is `$0`'s.
 */
async function withPgDump(
  script: string,
  test: (project: BackupProject, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withBackups(FILES, async (project) => {
    await project.done(["migrate"]);
    const { dir } = project;
    const pgDump = await writeProgram(
      dir,
      "pg_dump",
      VERSION.replace("NAME", "pg_dump") + `cd ${dir}\n${script}`,
    );
    await writeProgram(
      dir,
      "pg_restore",
      VERSION.replace("NAME", "pg_restore") +
        'echo "pg_restore: error: input file is too short" >&2; exit 1',
    );
    await test(project, { LOCKSTEP_PG_DUMP: pgDump });
  });
}

/** Nothing of a run, nor of its backup, is left. */
async function requireUntouched(project: BackupProject): Promise<void> {
  deepEqual(project.files(), []);
  deepEqual(await tablesOf(project.db), ["users"]);
  deepEqual(await logOf(project.db), ["001 migrate applied"]);
}

Deno.test("a full disk stops the run with a clear error", async () => {
  const script = "echo 'pg_dump: error: could not write to output file: " +
    "No space left on device' >&2; exit 1";
  await withPgDump(script, async (project, env) => {
    const answer = await project.json(["rollback"], env);

    deepEqual(ending(answer), [5, "backup_failed"]);
    match(answer.error?.message ?? "", /failed: could not write .* No space/);
    match(
      answer.error?.hint ?? "",
      /^free some space, [^;]*; --backup never goes without a backup$/,
    );
    await requireUntouched(project);
  });
});

Deno.test("a backup that pg_restore cannot read stops the run", async () => {
  await withPgDump("exit 0", async (project, env) => {
    const answer = await project.json(["rollback"], env);

    deepEqual(ending(answer), [5, "backup_failed"]);
    match(answer.error?.message ?? "", /input file is too short$/);
    await requireUntouched(project);
  });
});

Deno.test("a folder for backups that is a file stops the run", async () => {
  await withPgDump("exit 0", async (project, env) => {
    await Deno.writeTextFile(join(project.dir, "file"), "");

    const answer = await project.json(
      ["rollback", "--backup-dir", "file"],
      env,
    );

    deepEqual(ending(answer), [2, "unwritable_directory"]);
    await requireUntouched(project);
  });
});

Deno.test("a folder for backups that cannot be made stops the run", async () => {
  await withPgDump("exit 0", async (project, env) => {
    const answer = await project.json(
      ["rollback", "--backup-dir", "/proc/backups"],
      env,
    );

    deepEqual(ending(answer), [2, "unwritable_directory"]);
    await requireUntouched(project);
  });
});

for (
  const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const
) {
  Deno.test(`${signal} during pg_dump ends it, and leaves nothing`, async () => {
    const script = 'for a in "$@"; do case "$a" in --file=*) ' +
      'echo half > "${a#--file=}";; esac; done\necho $$ > pid; exec sleep 600';
    await withPgDump(script, async (project, env) => {
      const run = project.start(["rollback"], env);
      const pid = await readWhenWritten(join(project.dir, "pid"));

      run.kill(signal);
      const result = await run.result;

      equal(result.code, code, result.stderr);
      equal(isAlive(pid), false);
      await requireUntouched(project);
      const { migrationsRolledBack } = await project.done(["rollback"], {
        LOCKSTEP_BACKUP: "never",
      });
      equal(migrationsRolledBack, 1);
    });
  });
}

Deno.test("a pg_dump that does not heed a signal is killed", async () => {
  const script = "trap '' TERM; echo $$ > pid; while :; do sleep 1; done";
  await withPgDump(script, async (project, env) => {
    const run = project.start(["backup"], env);
    const pid = await readWhenWritten(join(project.dir, "pid"));

    run.kill("SIGTERM");
    const { code } = await run.result;

    equal(code, 143);
    equal(isAlive(pid), false);
    deepEqual(project.files(), []);
  });
});

Deno.test("a run that loses its lock during pg_dump ends it", async () => {
  await withPgDump("echo $$ > pid; exec sleep 600", async (project, env) => {
    const run = project.start(["rollback", "--json"], env);
    const pid = await readWhenWritten(join(project.dir, "pid"));

    await project.db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database =
         (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    const { code, stdout } = await run.result;

    deepEqual([code, JSON.parse(stdout).error.code], [4, "lock_lost"]);
    equal(isAlive(pid), false);
    await requireUntouched(project);
  });
});

Deno.test("the password reaches pg_dump in its environment and nothing else", async () => {
  const script = 'echo "$@" > args; env > environment; exit 1';
  await withPgDump(script, async (project, env) => {
    await withRole(project.db, async (role) => {
      const password = `pw-${crypto.randomUUID()}`;
      await project.db.query(`ALTER ROLE ${role.name} PASSWORD '${password}'`);
      await project.db.query(`GRANT ALL ON ALL TABLES IN SCHEMA public
        TO ${role.name}`);
      const url = new URL(role.url);
      url.password = password;

      const { stdout, stderr } = await project.run(["backup"], {
        ...env,
        DATABASE_URL: url.href,
        PGPASSFILE: "/nowhere",
      });

      const read = (name: string) => Deno.readTextFile(join(project.dir, name));
      const variables = (await read("environment")).split("\n");
      ok(variables.includes(`PGPASSWORD=${password}`));
      ok(variables.includes(`PGUSER=${role.name}`));
      const shown = [await read("args"), stdout, stderr].join("\n");
      ok(!shown.includes(password), shown);
    });
  });
});

async function readWhenWritten(path: string): Promise<number> {
  for (;;) {
    try {
      const text = await Deno.readTextFile(path);
      if (text.endsWith("\n")) return Number(text);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
