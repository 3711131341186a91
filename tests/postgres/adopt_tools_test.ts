import { deepEqual, equal, match } from "node:assert/strict";
import {
  adopt,
  adoptedAs,
  OUR_TABLE,
  ourFiles,
  requireFit,
  SOURCE,
  withTheirs,
  writeTheirs,
} from "../helpers/adoption.ts";
import { serverUrl, type TestDatabase } from "../helpers/database.ts";
import {
  findBinaryPeer,
  findJavaPeer,
  findNodePeer,
} from "../helpers/peers.ts";
import { column, type Project, stepsOf, tablesOf } from "../helpers/run.ts";

const PG = { name: "pg", version: "8.23.1" } as const;

const dbmate = await findBinaryPeer(
  { name: "@dbmate/linux-x64", version: "2.36.0" },
  "bin/dbmate",
);
const graphileMigrate = await findNodePeer(
  [{ name: "graphile-migrate", version: "1.4.1" }],
  "graphile-migrate/dist/cli.js",
);
const nodePgMigrate = await findNodePeer(
  [{ name: "node-pg-migrate", version: "9.0.0" }, PG],
  "node-pg-migrate/bin/node-pg-migrate.js",
);
const knex = await findNodePeer(
  [{ name: "knex", version: "3.3.0" }, PG],
  "knex/bin/cli.js",
);

const liquibase = await findJavaPeer(
  { name: "liquibase", version: "4.28.1" },
  "dist/liquibase/liquibase",
);

/** The rows of a table as text, to see that nobody has touched them. */
async function rowsOf(db: TestDatabase, table: string): Promise<unknown> {
  return await column(
    db,
    `SELECT to_jsonb(t)::text FROM ${table} t ORDER BY 1`,
  );
}

/** The next migration is ours, and goes back, too. */
async function requireOurs(
  { done, write }: Project,
  ...args: readonly string[]
): Promise<void> {
  await write({
    "99990101000000_ours.sql": "CREATE TABLE ours (id int);\n",
    "rollbacks/99990101000000_ours_down.sql": "DROP TABLE ours;\n",
  });
  deepEqual(stepsOf(await done("migrate", ...args)), ["99990101000000 done"]);
  deepEqual(stepsOf(await done("rollback", ...args)), ["99990101000000 done"]);
}

Deno.test({
  name: "adopt takes over from dbmate, and its migrations go back with ours",
  ignore: dbmate === undefined,
  fn: () =>
    withTheirs({
      "20240101120000_users.sql":
        "-- migrate:up\nCREATE TABLE users (id int);\n\n-- migrate:down\nDROP TABLE users;\n",
      "20240102120000_index.sql":
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n" +
        "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY users_id;\n",
    }, async (project) => {
      const { db, dir, done } = project;
      const url = `${db.url}?sslmode=disable`;
      const args = ["--url", url, "--no-dump-schema", "-d", SOURCE, "up"];
      await dbmate?.run(args, { cwd: dir });
      const before = await rowsOf(db, "public.schema_migrations");
      await writeTheirs(project, {
        "20240103120000_more.sql":
          "-- migrate:up\nCREATE TABLE more (id int);\n\n-- migrate:down\nDROP TABLE more;\n",
      });

      const own = await adopt(project, "dbmate");
      const answer = await adopt(project, "dbmate", ...OUR_TABLE);

      deepEqual([own.code, own.error?.code], [3, "foreign_table"]);
      match(own.error?.hint ?? "", /--table lockstep\.schema_migrations/);
      equal(answer.code, 0, JSON.stringify(answer));
      deepEqual(adoptedAs(answer), [
        "20240101120000_users applied none",
        "20240102120000_index applied none",
        "20240103120000_more pending none",
      ]);
      await requireFit(project, [
        "20240101120000 applied",
        "20240102120000 applied",
        "20240103120000 pending",
      ], ...OUR_TABLE);
      const forward = await done("migrate", ...OUR_TABLE);
      deepEqual(stepsOf(forward), ["20240103120000 done"]);
      await done("rollback", "--count", "3", ...OUR_TABLE);
      deepEqual(await tablesOf(db), []);
      deepEqual(await rowsOf(db, "public.schema_migrations"), before);
      await done("migrate", ...OUR_TABLE);
      deepEqual(await tablesOf(db), ["more", "users"]);
    }),
});

const GMRC = JSON.stringify({ migrationsFolder: `./${SOURCE}` });

/** Commits migrations with graphile-migrate, each in turn, and runs them. */
async function runGraphileMigrate(
  project: Project,
  scripts: readonly string[],
): Promise<void> {
  const { db, dir } = project;
  await Deno.writeTextFile(`${dir}/.gmrc`, GMRC);
  const shadow = `${db.name}_shadow`;
  await db.query(`CREATE DATABASE ${shadow}`);
  const env = {
    DATABASE_URL: db.url,
    SHADOW_DATABASE_URL: db.url.replace(db.name, shadow),
    ROOT_DATABASE_URL: serverUrl(),
  };
  for (const sql of scripts) {
    await writeTheirs(project, { "current.sql": sql });
    await graphileMigrate?.run(["commit"], { cwd: dir, env });
  }
  await graphileMigrate?.run(["migrate"], { cwd: dir, env });
  await db.query(`DROP DATABASE ${shadow}`);
}

Deno.test({
  name: "adopt takes over from graphile-migrate, after checking its hashes",
  ignore: graphileMigrate === undefined,
  fn: () =>
    withTheirs({}, async (project) => {
      const { db } = project;
      await runGraphileMigrate(project, [
        "CREATE TABLE users (id int);\n",
        "--! no-transaction\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n",
      ]);
      const table = "graphile_migrate.migrations";
      const before = await rowsOf(db, table);

      const answer = await adopt(project, "graphile-migrate");

      equal(answer.code, 0, JSON.stringify(answer));
      deepEqual(
        answer.migrations.map(({ version, check, transaction }) => [
          version,
          check,
          transaction,
        ]),
        [["000001", "same", undefined], ["000002", "same", "off"]],
      );
      await requireFit(project, ["000001 applied", "000002 applied"]);
      await requireOurs(project);
      deepEqual(await rowsOf(db, table), before);
      const times = await column(
        db,
        "SELECT DISTINCT s.applied_at = m.date FROM schema_migrations s " +
          `JOIN ${table} m ON m.filename LIKE s.version || '%'`,
      );
      deepEqual(times, [true]);
    }),
});

Deno.test({
  name: "adopt refuses a file that graphile-migrate committed and that changed",
  ignore: graphileMigrate === undefined,
  fn: () =>
    withTheirs({}, async (project) => {
      const { db, dir } = project;
      await runGraphileMigrate(project, ["CREATE TABLE users (id int);\n"]);
      const path = `${dir}/${SOURCE}/committed/000001.sql`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace("int", "bigint"));

      const refused = await adopt(project, "graphile-migrate");
      const files = ourFiles(project);
      const tables = await tablesOf(db);
      const forced = await adopt(project, "graphile-migrate", "--force");

      deepEqual(
        [refused.code, refused.findings.map(({ code }) => code)],
        [3, ["checksum_mismatch"]],
      );
      deepEqual([files, tables], [[], ["users"]]);
      equal(forced.code, 0, JSON.stringify(forced));
      deepEqual(forced.forced.map(({ code }) => code), ["checksum_mismatch"]);
      await requireFit(project, ["000001 applied"]);
    }),
});

Deno.test({
  name: "adopt takes over from node-pg-migrate, with SQL and programs",
  ignore: nodePgMigrate === undefined,
  fn: () =>
    withTheirs({
      "1700000000000_users.sql":
        "-- Up Migration\nCREATE TABLE users (id int);\n-- Down Migration\nDROP TABLE users;\n",
      "1700000000001_job.cjs":
        "exports.up = (pgm) => pgm.sql('CREATE TABLE job (id int)');\n",
    }, async (project) => {
      const { db, dir, done } = project;
      const env = { DATABASE_URL: db.url };
      await nodePgMigrate?.run(["up", "-m", SOURCE], { cwd: dir, env });
      const before = await rowsOf(db, "pgmigrations");

      const answer = await adopt(project, "node-pg-migrate");

      equal(answer.code, 0, JSON.stringify(answer));
      deepEqual(answer.migrations.map(({ name, kind }) => [name, kind]), [
        ["users", "sql"],
        ["job", "program"],
      ]);
      await requireFit(project, [
        "1700000000000 applied",
        "1700000000001 applied",
      ]);
      await requireOurs(project);
      deepEqual(await rowsOf(db, "pgmigrations"), before);
      const log = await done("history");
      equal(log.success, true);
    }),
});

Deno.test({
  name:
    "adopt stops at a pending program, and takes over from knex without one",
  ignore: knex === undefined,
  fn: () =>
    withTheirs({
      "20240101120000_users.js":
        "exports.up = (knex) => knex.raw('CREATE TABLE users (id int)');\nexports.down = () => {};\n",
    }, async (project) => {
      const { db, dir } = project;
      if (knex?.modules === undefined) throw new Error("knex has no packages");
      await Deno.symlink(knex.modules, `${dir}/node_modules`);
      await Deno.writeTextFile(
        `${dir}/knexfile.js`,
        `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './${SOURCE}' } };\n`,
      );
      const env = { DATABASE_URL: db.url };
      await knex.run(["migrate:latest"], { cwd: dir, env });
      const late = "20240101120000_xlate.js";
      await writeTheirs(project, { [late]: "exports.up = () => {};\n" });

      const refused = await adopt(project, "knex");
      await Deno.remove(`${dir}/${SOURCE}/${late}`);
      const answer = await adopt(project, "knex");

      equal(refused.code, 3);
      deepEqual(
        refused.findings.map(({ code, location }) => [
          code,
          location?.path,
        ]),
        [["not_adoptable", `${SOURCE}/${late}`]],
      );
      equal(answer.code, 0, JSON.stringify(answer));
      await requireFit(project, ["20240101120000 applied"]);
      await requireOurs(project);
    }),
});

const CHANGELOGS = {
  "changes/001.sql": `--liquibase formatted sql

--changeset ann:users splitStatements:false
--comment: the users
CREATE TABLE users (id int);
--rollback DROP TABLE users;

--changeset ann:index runInTransaction:false
-- by itself
CREATE INDEX CONCURRENTLY users_id
  ON users (id);
--rollback DROP INDEX users_id;
`,
  "changes/002_plain.sql": "CREATE TABLE plain (id int);\n",
  "changes/003.xml": `<?xml version="1.0" encoding="UTF-8"?>
<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
    http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
  <changeSet author="ann" id="job"><sql>CREATE TABLE job (id int)</sql></changeSet>
</databaseChangeLog>
`,
  "root.yaml": `databaseChangeLog:
  - includeAll:
      path: changes/
      relativeToChangelogFile: true
`,
};

Deno.test({
  name: "adopt takes over from Liquibase, after checking its checksums",
  ignore: liquibase === undefined,
  fn: () =>
    withTheirs(CHANGELOGS, async (project) => {
      const { db, dir, done } = project;
      const { host, username, password } = new URL(db.url);
      await liquibase?.run([
        `--search-path=${dir}/${SOURCE}`,
        "--changelog-file=root.yaml",
        `--url=jdbc:postgresql://${host}/${db.name}?sslmode=disable`,
        `--username=${username}`,
        `--password=${password}`,
        "update",
      ], { cwd: dir });
      const before = await rowsOf(db, "databasechangelog");
      await writeTheirs(project, {
        "changes/004.sql":
          "--liquibase formatted sql\n--changeset ann:more\nCREATE TABLE more (id int);\n--rollback DROP TABLE more;\n",
      });

      const answer = await adopt(project, "liquibase");

      equal(answer.code, 0, JSON.stringify(answer));
      deepEqual(adoptedAs(answer), [
        "001_users applied same",
        "002_index applied same",
        "003_002_plain applied same",
        "004_job applied none",
        "005_more pending none",
      ]);
      await requireFit(project, [
        "001 applied",
        "002 applied",
        "003 applied",
        "004 applied",
        "005 pending",
      ]);
      deepEqual(stepsOf(await done("migrate")), ["005 done"]);
      await requireOurs(project);
      deepEqual(await rowsOf(db, "databasechangelog"), before);
    }),
});

Deno.test({
  name: "a file that stands for a program refuses to be run",
  ignore: knex === undefined,
  fn: () =>
    withTheirs({ "1_users.js": "exports.up = () => {};\n" }, async (
      project,
    ) => {
      const { db, json } = project;
      await db.query(
        "CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int, migration_time timestamptz); " +
          "INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('1_users.js', 1, now())",
      );
      await adopt(project, "knex");
      await db.query("DROP TABLE schema_migrations CASCADE");

      const answer = await json("migrate");

      equal(answer.error?.code, "statement_failed");
      match(answer.error?.message ?? "", /"?1_users"? was a program/);
    }),
});
