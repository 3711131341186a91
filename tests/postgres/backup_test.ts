import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { findPgBouncer, startPgBouncer } from "../../scripts/pgbouncer.ts";
import {
  DatabaseManager,
  MigrationManager,
} from "../../src/migration_manager.ts";
import {
  type BackupProject,
  withBackups,
  writeProgram,
} from "../helpers/backup.ts";
import {
  canMakeCertificates,
  certify,
  makeCertificates,
} from "../helpers/certificates.ts";
import { findPgDump } from "../helpers/dump.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { ending, logOf, tablesOf, withRole } from "../helpers/run.ts";

const major = await findPgDump();
const ignore = major === undefined;
const pgBouncer = await findPgBouncer();
if (ignore) console.warn("Tests with backups are left out without a pg_dump");

/** Of the version of pg_dump; no test changes it. */
let server: EmbeddedPostgres;

Deno.test.beforeAll(async () => {
  if (major !== undefined) server = await startPostgres({ major });
});

Deno.test.afterAll(() => server?.stop());

const USERS: ProjectFiles = {
  "001_users.sql": "CREATE TABLE users (id int PRIMARY KEY, name text);\n" +
    "INSERT INTO users VALUES (1, 'ann');\nCREATE TABLE spare (id int);\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users, spare;\n",
  "002_spare.sql": "DROP TABLE spare;\n",
  "rollbacks/002_spare_down.sql": "CREATE TABLE spare (id int);\n",
};

function testBackup(
  name: string,
  test: (project: BackupProject) => Promise<void>,
  files: ProjectFiles = USERS,
): void {
  Deno.test({
    name,
    ignore,
    fn: () => withBackups(files, test, { server: server.url }),
  });
}

testBackup(
  "backup writes a file for its owner, with its checksum beside it and in the log",
  async (project) => {
    await project.done(["migrate"]);

    const { path = "", sha256, sizeBytes, restoreCommand, runId = "" } =
      await project.done(["backup"]);

    const { name } = project.db;
    match(
      path,
      new RegExp(`^backups/${name}_\\d{8}T\\d{6}Z_[0-9a-f]{8}\\.dump$`),
    );
    ok(path.includes(runId.slice(0, 8)));
    equal(restoreCommand, `lockstep restore ${path}`);
    const bytes = await Deno.readFile(join(project.dir, path));
    equal(sizeBytes, bytes.length);
    equal(sha256, createHash("sha256").update(bytes).digest("hex"));
    const file = path.replace("backups/", "");
    deepEqual(project.files(), [file, `${file}.sha256`]);
    equal(
      await Deno.readTextFile(join(project.dir, `${path}.sha256`)),
      `${sha256}  ${file}\n`,
    );
    const modes = ["backups", path, `${path}.sha256`].map((one) =>
      (Deno.statSync(join(project.dir, one)).mode ?? 0) & 0o777
    );
    deepEqual(modes, [0o700, 0o600, 0o600]);
    const [row] = await project.db.query(
      `SELECT direction, outcome, checksum, file_path, reason, run_id::text
     FROM schema_migrations_log ORDER BY id DESC LIMIT 1`,
    );
    deepEqual({ ...row }, {
      direction: "backup",
      outcome: "backup",
      checksum: sha256,
      file_path: path,
      reason: `${sizeBytes} bytes`,
      run_id: runId,
    });
    equal((await project.done(["verify"])).findings.length, 0);
  },
);

testBackup(
  "backup needs no tracking tables, and says that it is in no log",
  async (project) => {
    const { warnings } = await project.done(["backup"]);

    deepEqual(warnings.map(({ code }) => code), ["backup_not_recorded"]);
    equal(project.files().length, 2);
    deepEqual(await tablesOf(project.db), []);
  },
);

testBackup(
  "backup of a database that is read-only succeeds, and is in no log",
  async (project) => {
    await project.done(["migrate"]);
    await project.db.query(
      `ALTER DATABASE ${project.db.name} SET default_transaction_read_only = on`,
    );

    const { warnings, restoreCommand } = await project.done(["backup"]);

    deepEqual(warnings.map(({ code }) => code), ["backup_not_recorded"]);
    match(restoreCommand ?? "", /^lockstep restore /);
    equal(project.files().length, 2);
  },
);

testBackup(
  "backup by a role that may only read succeeds, and is in no log",
  async (project) => {
    await project.done(["migrate"]);
    await withRole(project.db, async ({ name, url }) => {
      await project.db.query(`GRANT pg_read_all_data TO ${name}`);

      const { warnings } = await project.done(["backup"], {
        DATABASE_URL: url,
      });

      deepEqual(warnings.map(({ code }) => code), ["backup_not_recorded"]);
      match(warnings[0]?.message ?? "", /permission denied for .*_log/);
    });
  },
);

testBackup("backup --schema holds only these schemas", async (project) => {
  await project.db.query('CREATE SCHEMA "a""B"; CREATE TABLE "a""B".t ()');
  await project.db.query("CREATE TABLE u ()");

  const { path = "" } = await project.done(["backup", "--schema", 'a"B']);

  const { stdout } = await new Deno.Command("pg_restore", {
    args: ["--list", join(project.dir, path)],
  }).output();
  const tables = new TextDecoder().decode(stdout).match(/ TABLE (?!DATA).*/g);
  deepEqual(tables, [' TABLE a"B t postgres']);
});

testBackup(
  "backup of a schema that is not there leaves no file",
  async (project) => {
    const answer = await project.json(["backup", "--schema", "nowhere"]);

    deepEqual(ending(answer), [5, "backup_failed"]);
    match(answer.error?.message ?? "", /no matching schemas/);
    deepEqual(project.files(), []);
  },
);

testBackup("two backups at once get a file each", async (project) => {
  const [one, other] = await Promise.all([
    project.done(["backup"]),
    project.done(["backup"]),
  ]);

  ok(one.path !== other.path);
  equal(project.files().length, 4);
});

testBackup(
  "a rollback that drops data makes a backup first",
  async (project) => {
    await project.done(["migrate"]);

    const { backup } = await project.done(["rollback", "--count", "2"]);

    match(backup?.reason ?? "", /^DROP TABLE users .* destroys data of users$/);
    equal(project.files().length, 2);
    deepEqual(await tablesOf(project.db), []);
    deepEqual(await logOf(project.db), [
      "001 migrate applied",
      "002 migrate applied",
      "- backup backup",
      "002 rollback rolled_back",
      "001 rollback rolled_back",
    ]);
  },
);

testBackup(
  "a migration that drops an empty table makes no backup",
  async (project) => {
    const { backup } = await project.done(["migrate"]);

    equal(backup, undefined);
    deepEqual(project.files(), []);
  },
);

testBackup(
  "--backup always makes a backup where nothing is lost",
  async (project) => {
    const { backup } = await project.done(["migrate", "--backup", "always"]);

    equal(backup?.reason, "--backup is always");
    equal(project.files().length, 2);
  },
);

testBackup("--backup never makes none where data are lost", async (project) => {
  await project.done(["migrate"]);

  const { backup } = await project.done(["rollback", "--count", "2"], {
    LOCKSTEP_BACKUP: "never",
  });

  equal(backup, undefined);
  deepEqual(project.files(), []);
});

testBackup("nothing pending makes no backup", async (project) => {
  await project.done(["migrate"]);

  await project.done(["migrate", "--backup", "always"]);

  deepEqual(project.files(), []);
});

testBackup(
  "a run without a pg_dump stops before it changes anything",
  async (project) => {
    await project.done(["migrate"]);

    const answer = await project.json(["rollback", "--count", "2"], {
      LOCKSTEP_PG_DUMP: "/nowhere/pg_dump",
    });

    deepEqual(ending(answer), [2, "pg_dump_missing"]);
    match(
      answer.error?.hint ?? "",
      /^install [^;]*; --backup never goes without a backup$/,
    );
    deepEqual(await tablesOf(project.db), ["users"]);
    equal((await logOf(project.db)).length, 2);
  },
);

testBackup(
  "a dry run warns where the backup could not be made",
  async (project) => {
    await project.done(["migrate"]);

    const { code, warnings } = await project.json(
      ["rollback", "--count", "2", "--dry-run"],
      { LOCKSTEP_PG_DUMP: "/nowhere/pg_dump" },
    );

    equal(code, 0);
    deepEqual(warnings.map((one) => one.code), ["pg_dump_missing"]);
  },
);

testBackup(
  "a pg_dump that is older than the server is refused",
  async (project) => {
    const old = await writeProgram(
      project.dir,
      "pg_dump",
      'echo "pg_dump (PostgreSQL) 13.1"',
    );

    const answer = await project.json(["backup", "--pg-dump", old]);

    deepEqual(ending(answer), [2, "pg_dump_too_old"]);
    match(
      answer.error?.message ?? "",
      /its version is 13\.1 and the server's is/,
    );
  },
);

testBackup(
  "backup goes to the host of a list that answers",
  async (project) => {
    const url = new URL(project.db.url);
    const { username, password, pathname } = url;
    const { path } = await project.done(["backup"], {
      DATABASE_URL:
        `postgres://${username}:${password}@127.0.0.1:1,127.0.0.1:${url.port}` +
        `${pathname}?connect_timeout=5`,
    });

    ok(path !== undefined);
  },
);

testBackup(
  "backup goes through a socket, with the password of a file",
  async (project) => {
    const { username, password, pathname, port } = new URL(project.db.url);
    const passfile = join(project.dir, "passwords");
    await Deno.writeTextFile(passfile, `*:*:*:*:${password}\n`, {
      mode: 0o600,
    });

    await project.done(["backup"], {
      DATABASE_URL: `postgres://${username}@${pathname}?host=${
        encodeURIComponent(server.socketDir)
      }&port=${port}&passfile=${encodeURIComponent(passfile)}`,
    });

    equal(project.files().length, 2);
  },
);

testBackup(
  "backup connects as the service file says, whatever PG variables are about",
  async (project) => {
    const { username, password, pathname, port } = new URL(project.db.url);
    const services = join(project.dir, "services");
    await Deno.writeTextFile(
      services,
      `[mine]\nhost=127.0.0.1\nport=${port}\nuser=${username}\n` +
        `password=${password}\ndbname=${pathname.slice(1)}\n`,
    );

    const { target } = await project.done(["backup"], {
      DATABASE_URL: "service=mine",
      PGSERVICEFILE: services,
      PGHOST: "nowhere.invalid",
      PGDATABASE: "nothing",
      PGOPTIONS: "-c statement_timeout=600000",
    }) as { target?: string };

    match(target ?? "", new RegExp(`"${project.db.name}"`));
    match(project.files()[0] ?? "", new RegExp(`^${project.db.name}_`));
  },
);

Deno.test({
  name: "backup verifies the server's certificate as lockstep does",
  ignore: ignore || !canMakeCertificates(),
  async fn() {
    if (major === undefined) return;
    const certificates = await makeCertificates();
    const name = { commonName: "localhost", alternativeName: "DNS:localhost" };
    await certify(certificates, "server", name);
    await using secure = await startPostgres({ major });
    const { uid, gid } = await Deno.stat(secure.dataDir);
    for (const file of ["server.crt", "server.key"]) {
      const copy = join(secure.dataDir, file);
      await Deno.copyFile(certificates.path(file), copy);
      await Deno.chown(copy, uid, gid);
    }
    await withBackups({}, async (project) => {
      await project.db.query("ALTER SYSTEM SET ssl = on");
      await project.db.query("SELECT pg_reload_conf()");
      const url = new URL(project.db.url);
      url.hostname = "localhost";
      url.searchParams.set("sslmode", "verify-full");
      url.searchParams.set("sslrootcert", certificates.path("ca.crt"));
      await project.done(["backup"], { DATABASE_URL: url.href });
      equal(project.files().length, 2);
    }, { server: secure.url });
    await Deno.remove(certificates.folder, { recursive: true });
  },
});

Deno.test({
  name:
    "backup through a pooler is refused, and goes past it with a direct URL",
  ignore: ignore || pgBouncer === undefined,
  fn: () =>
    withBackups(USERS, async (project) => {
      if (pgBouncer === undefined) return;
      await using pooler = await startPgBouncer(pgBouncer, project.db.url, {
        mode: "transaction",
      });
      const pooled = { DATABASE_URL: pooler.via(project.db.url) };

      const refused = await project.json(["backup"], pooled);
      await project.done(["backup"], {
        ...pooled,
        LOCKSTEP_DIRECT_URL: project.db.url,
      });

      deepEqual(ending(refused), [2, "pooled_connection"]);
      match(refused.error?.hint ?? "", /--direct-url/);
    }, { server: server.url }),
});

testBackup(
  "createBackup() answers with the file, or with an error",
  async (project) => {
    const options = { databaseUrl: project.db.url };
    await using database = new DatabaseManager(options);
    const manager = new MigrationManager(database, { cwd: project.dir });
    const lost = new MigrationManager(database, {
      cwd: project.dir,
      pgDump: "/nowhere",
    });

    const backup = await manager.createBackup();
    const failed = await lost.createBackup();

    equal(backup.success, true);
    equal(backup.sha256?.length, 64);
    equal(failed.success, false);
    match(failed.error?.message ?? "", /^Cannot use pg_dump as there is none/);
  },
);

testBackup(
  "repair makes a backup with --backup always, and none else",
  async (project) => {
    await project.done(["migrate"]);
    const mark = ["repair", "--mark-not-applied", "002", "--yes"];

    const always = await project.done([...mark, "--backup", "always"]);
    const auto = await project.done([
      "repair",
      "--mark-applied",
      "002",
      "--yes",
    ]);

    equal(always.backup?.reason, "--backup is always");
    equal(auto.backup, undefined);
    equal(project.files().length, 2);
    deepEqual((await logOf(project.db)).slice(2), [
      "- backup backup",
      "002 repair mark_not_applied",
      "002 repair mark_applied",
    ]);
  },
);
