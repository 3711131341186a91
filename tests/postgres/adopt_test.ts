import { deepEqual, equal, match } from "node:assert/strict";
import { hash } from "node:crypto";
import { join } from "node:path";
import { flywayChecksum } from "../../src/core/adopt/flyway_checksum.ts";
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
import { binaryPath, spawnLockstep } from "../helpers/cli.ts";
import { requireWholeLog } from "../helpers/faults.ts";
import { FOREIGN_DDL } from "../helpers/foreign_tables.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import {
  column,
  logOf,
  type Project,
  stepsOf,
  tablesOf,
  withRole,
} from "../helpers/run.ts";

const A = "CREATE TABLE a (id int);\n";
const B = "CREATE TABLE b (id int);\n";

/** A project of goose with one applied file and a pending one. */
async function withGoose(
  test: (project: Project) => Promise<void>,
): Promise<void> {
  const files = {
    "00001_a.sql": `-- +goose Up\n${A}-- +goose Down\nDROP TABLE a;\n`,
    "00002_b.sql": `-- +goose Up\n${B}-- +goose Down\nDROP TABLE b;\n`,
  };
  await withTheirs(files, async (project) => {
    await project.db.query(
      A + FOREIGN_DDL.goose +
        "INSERT INTO goose_db_version (version_id, is_applied, tstamp) " +
        "VALUES (1, true, '2024-01-31 10:00:00')",
    );
    await test(project);
  });
}

Deno.test("adopt records what goose applied, with its times, and goes on", () =>
  withGoose(async (project) => {
    const { db, done } = project;

    const answer = await adopt(project, "goose");

    equal(answer.code, 0, JSON.stringify(answer));
    deepEqual(adoptedAs(answer), [
      "00001_a applied none",
      "00002_b pending none",
    ]);
    deepEqual(ourFiles(project), [
      "00001_a.sql",
      "00001_a_down.sql",
      "00002_b.sql",
      "00002_b_down.sql",
    ]);
    await requireFit(project, ["00001 applied", "00002 pending"]);
    deepEqual(await logOf(db), ["00001 adopt adopted"]);
    await requireWholeLog(db);
    deepEqual(
      await column(
        db,
        "SELECT applied_at = '2024-01-31 10:00:00' FROM schema_migrations",
      ),
      [true],
    );
    deepEqual(stepsOf(await done("migrate")), ["00002 done"]);
    await done("rollback", "--count", "2");
    deepEqual(await tablesOf(db), ["goose_db_version"]);
    const rows = await column(db, "SELECT count(*) FROM goose_db_version");
    deepEqual(rows, ["2"]);
  }));

Deno.test("adopt --dry-run shows the plan and leaves everything as it is", () =>
  withGoose(async (project) => {
    const { run } = project;

    const answer = await adopt(project, "goose", "--dry-run");
    const { stdout } = await run(
      ...["adopt", "--from", "goose", "--source", SOURCE, "--dry-run"],
    );

    deepEqual([answer.code, answer.status], [0, "planned"]);
    match(stdout, /^Would write 4 files, record 1 row in .*, 1 pending/m);
    deepEqual(ourFiles(project), []);
    deepEqual(await tablesOf(project.db), ["a", "goose_db_version"]);
  }));

Deno.test("adopt asks, and without a terminal it does nothing", () =>
  withGoose(async (project) => {
    const { code, stderr } = await project.run(
      ...["adopt", "--from", "goose", "--source", SOURCE],
    );

    equal(code, 2);
    match(stderr, /confirmation_needed/);
    deepEqual(ourFiles(project), []);
  }));

Deno.test("adopt takes nothing over twice", () =>
  withGoose(async (project) => {
    await adopt(project, "goose");
    const again = await adopt(project, "goose");

    deepEqual([again.code, again.error?.code], [3, "already_tracked"]);
    deepEqual(await logOf(project.db), ["00001 adopt adopted"]);
  }));

Deno.test("adopt writes to no folder that has other migrations", () =>
  withGoose(async (project) => {
    await project.write({ "001_x.sql": "SELECT 1;\n" });

    const answer = await adopt(project, "goose");
    const same = await adopt(project, "goose", "--migrations-dir", SOURCE);

    deepEqual([answer.code, answer.error?.code], [2, "file_exists"]);
    deepEqual([same.code, same.error?.code], [2, "invalid_argument"]);
    deepEqual(ourFiles(project), ["001_x.sql"]);
  }));

Deno.test("adopt takes its files away when the rows cannot be written", () =>
  withGoose(async (project) => {
    const { db, run } = project;
    await withRole(db, async (role) => {
      await db.query(`GRANT SELECT ON goose_db_version TO ${role.name}`);
      await db.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
      const url = ["--database-url", role.url];
      const { code, stdout } = await run(
        ...["adopt", "--from", "goose", "--source", SOURCE, "--yes", "--json"],
        ...url,
      );

      deepEqual(
        [code, JSON.parse(stdout).error.code],
        [3, "missing_grants"],
        stdout,
      );
      deepEqual(ourFiles(project), []);
      deepEqual(await tablesOf(db), ["a", "goose_db_version"]);
    });
  }));

Deno.test("adopt goes on with files that an earlier attempt has left", () =>
  withGoose(async (project) => {
    await adopt(project, "goose");
    await project.db.query(
      "DROP TABLE schema_migrations, schema_migrations_log, schema_migrations_rollbacks CASCADE; DROP FUNCTION get_migration_status()",
    );

    const again = await adopt(project, "goose");

    equal(again.code, 0, JSON.stringify(again));
    await requireFit(project, ["00001 applied", "00002 pending"]);
  }));

Deno.test("adopt goes on where it was killed in the middle of a file", () =>
  withGoose(async (project) => {
    const { db, dir } = project;
    const many = "SELECT 1;\n".repeat(10_000);
    await writeTheirs(project, { "00003_big.sql": `-- +goose Up\n${many}` });
    // The system kills who writes more than that to one file.
    const script = 'ulimit -f 16; exec "$0" "$@"';
    const args = ["adopt", "--from", "goose", "--source", SOURCE, "--yes"];
    const killed = await new Deno.Command("sh", {
      args: ["-c", script, binaryPath(), ...args],
      cwd: dir,
      env: { DATABASE_URL: db.url },
    }).output();
    equal(killed.signal, "SIGXFSZ");

    const answer = await adopt(project, "goose");

    equal(answer.code, 0, JSON.stringify(answer));
    const states = ["00001 applied", "00002 pending", "00003 pending"];
    await requireFit(project, states);
  }));

Deno.test("adopt writes no file while it waits for the lock", () =>
  withGoose(async (project) => {
    const { db, dir } = project;
    await Deno.mkdir(join(dir, "other"));
    await Deno.writeTextFile(
      join(dir, "other", "001_wait.sql"),
      "SELECT pg_sleep(600);\n",
    );
    const options = { cwd: dir, env: { DATABASE_URL: db.url } };
    const run = spawnLockstep(
      ["migrate", "--migrations-dir", "other"],
      options,
    );
    await run.waitForOutput("001_wait");
    const waiting = spawnLockstep(
      ["adopt", "--from", "goose", "--source", SOURCE, "--yes"],
      options,
    );
    await waiting.waitForOutput("Waiting");

    const before = ourFiles(project);
    run.kill("SIGINT");
    await run.result;

    deepEqual(before, []);
    const { code, stderr } = await waiting.result;
    equal(code, 3);
    match(stderr, /already_tracked/);
  }));

interface ToolCase {
  readonly tool: string;
  readonly ddl: keyof typeof FOREIGN_DDL;
  readonly rows: string;
  readonly files: ProjectFiles;
  /** Each as in `001_users applied same`. */
  readonly adopted: readonly string[];
  readonly states: readonly string[];
  readonly ownTable?: true;
}

function sqlxRow(version: number, sql: string): string {
  return `(${version}, 'x', true, '\\x${hash("sha384", sql, "hex")}', 1500000)`;
}

function flywayRow(rank: number, script: string, sql: string): string {
  const [, version, name] = /^V(.*)__(.*)\.sql$/.exec(script) ?? [];
  return `(${rank}, ${version === undefined ? "NULL" : `'${version}'`}, '${
    name ?? "views"
  }', 'SQL', '${script}', ${flywayChecksum(sql)}, 'app', 12, true)`;
}

const CASES: readonly ToolCase[] = [
  {
    tool: "golang-migrate",
    ddl: "golangMigrate",
    rows: "INSERT INTO schema_migrations VALUES (2, false)",
    files: {
      "000001_a.up.sql": A,
      "000001_a.down.sql": "DROP TABLE a;\n",
      "000002_b.up.sql": "SELECT 1;\n",
      "000003_c.up.sql": "CREATE TABLE c (id int);\n",
    },
    adopted: [
      "000001_a applied none",
      "000002_b applied none",
      "000003_c pending none",
    ],
    states: ["000001 applied", "000002 applied", "000003 pending"],
    ownTable: true,
  },
  {
    tool: "sqlx",
    ddl: "sqlx",
    rows: "INSERT INTO _sqlx_migrations " +
      "(version, description, success, checksum, execution_time) VALUES " +
      `${sqlxRow(1, A)}, ${sqlxRow(2, "-- no-transaction\nVACUUM a;\n")}`,
    files: {
      "1_a.up.sql": A,
      "1_a.down.sql": "DROP TABLE a;\n",
      "2_b.sql": "-- no-transaction\nVACUUM a;\n",
    },
    adopted: ["1_a applied same", "2_b applied same"],
    states: ["1 applied", "2 applied"],
  },
  {
    tool: "flyway",
    ddl: "flyway",
    rows: "INSERT INTO flyway_schema_history (installed_rank, version, " +
      "description, type, script, checksum, installed_by, execution_time, " +
      `success) VALUES ${flywayRow(1, "V1__a.sql", A)}, ${
        flywayRow(2, "V1.2__b.sql", "SELECT 1;\n")
      }, ${flywayRow(3, "R__views.sql", "SELECT 'views';\n")}`,
    files: {
      "V1__a.sql": A,
      "U1__a.sql": "DROP TABLE a;\n",
      "V1.2__b.sql": "SELECT 1;\r\n",
      "V1.10__c.sql": "SELECT 10;\n",
      "R__views.sql": "SELECT 'views';\n",
    },
    adopted: [
      "100_a applied same",
      "102_b applied same",
      "103_views applied same",
      "110_c pending none",
    ],
    states: ["100 applied", "102 applied", "103 applied", "110 pending"],
  },
  {
    tool: "liquibase",
    ddl: "liquibase",
    rows: "INSERT INTO databasechangelog (id, author, filename, " +
      "dateexecuted, orderexecuted, exectype, md5sum) VALUES " +
      "('users', 'ann', 'db/changes/a.sql', now(), 1, 'EXECUTED', '8:x'), " +
      "('1', 'ann', 'db/root.xml', now(), 2, 'EXECUTED', '8:x'), " +
      "('gone', 'ann', 'db/gone.sql', now(), 3, 'EXECUTED', '8:x')",
    files: {
      "changes/a.sql":
        `--liquibase formatted sql\n--changeset ann:users\n${A}--rollback DROP TABLE a;\n--changeset ann:more\n${B}`,
      "root.xml": '<changeSet author="ann" id="1"/>',
    },
    adopted: [
      "000_gone baseline",
      "001_users applied none",
      "002_1 applied none",
      "003_more pending none",
    ],
    states: ["000_gone baseline", "001 applied", "002 applied", "003 pending"],
  },
  {
    tool: "prisma",
    ddl: "prisma",
    rows: "INSERT INTO _prisma_migrations " +
      "(id, checksum, finished_at, migration_name, applied_steps_count) " +
      `VALUES ('1', '${
        hash("sha256", A, "hex")
      }', now(), '20240101120000_a', 1)`,
    files: {
      "20240101120000_a/migration.sql": A,
      "20240101120000_b/migration.sql": B,
      "migration_lock.toml": 'provider = "postgresql"\n',
    },
    adopted: [
      "20240101120000_a applied same",
      "20240101120001_b pending none",
    ],
    states: ["20240101120000 applied", "20240101120001 pending"],
  },
  {
    tool: "rails",
    ddl: "rails",
    rows: "INSERT INTO schema_migrations VALUES " +
      "('20100101000000'), ('20240101120000')",
    files: { "20240101120000_create_a.rb": "class CreateA\nend\n" },
    adopted: [
      "20100101000000_rails baseline",
      "20240101120000_create_a applied none",
    ],
    states: ["20100101000000_rails baseline", "20240101120000 applied"],
    ownTable: true,
  },
  {
    tool: "sqitch",
    ddl: "sqitch",
    rows: "INSERT INTO sqitch.changes VALUES ('x', '" +
      `${hash("sha1", A, "hex")}', 'a', 'app', '', now(), 'ann', ` +
      "'ann@example.com', '2024-01-01 10:00:00+00', 'ann', 'a@example.com')",
    files: {
      "sqitch.plan": "%project=app\n\n" +
        "a 2024-01-01T10:00:00Z ann <ann@example.com> # the first\n" +
        "b [a] 2024-01-02T10:00:00Z ann <ann@example.com> # the second\n",
      "deploy/a.sql": A,
      "revert/a.sql": "DROP TABLE a;\n",
      "verify/a.sql": "SELECT id FROM a;\n",
      "deploy/b.sql": `BEGIN;\n${B}COMMIT;\n`,
      "revert/b.sql": "BEGIN;\nDROP TABLE b;\nCOMMIT;\n",
    },
    adopted: [
      "20240101100000_a applied same",
      "20240102100000_b pending none",
    ],
    states: ["20240101100000 applied", "20240102100000 pending"],
  },
];

for (const one of CASES) {
  Deno.test(`adopt takes over from a history of ${one.tool}`, () =>
    withTheirs(one.files, async (project) => {
      const { db, done, write } = project;
      await db.query(A + FOREIGN_DDL[one.ddl] + one.rows);
      const flags = one.ownTable === true ? OUR_TABLE : [];

      const answer = await adopt(project, one.tool, ...flags);

      equal(answer.code, 0, JSON.stringify(answer, undefined, 1));
      deepEqual(adoptedAs(answer), one.adopted);
      await requireFit(project, one.states, ...flags);
      await write({
        "99990101000000_ours.sql": "CREATE TABLE ours (id int);\n",
        "rollbacks/99990101000000_ours_down.sql": "DROP TABLE ours;\n",
      });
      const forward = await done("migrate", ...flags);
      equal(stepsOf(forward).at(-1), "99990101000000 done");
      await done("rollback", ...flags);
    }));
}

Deno.test("adopt names each thing that is unfinished and does nothing", () =>
  withTheirs({ "1_a.up.sql": A }, async (project) => {
    const { db } = project;
    await db.query(
      FOREIGN_DDL.golangMigrate +
        "INSERT INTO schema_migrations VALUES (1, true)",
    );

    const answer = await adopt(project, "golang-migrate", ...OUR_TABLE);
    const forced = await adopt(
      project,
      "golang-migrate",
      "--force",
      ...OUR_TABLE,
    );

    deepEqual([answer.code, answer.success], [3, false]);
    deepEqual(answer.findings.map(({ code }) => code), ["unfinished_history"]);
    equal(forced.code, 3);
    deepEqual(ourFiles(project), []);
  }));

Deno.test("adopt tells the tables of tools apart that have one name", () =>
  withTheirs({ "1_a.sql": `-- migrate:up\n${A}` }, async (project) => {
    await project.db.query(FOREIGN_DDL.golangMigrate);

    const answer = await adopt(project, "dbmate", ...OUR_TABLE);

    deepEqual([answer.code, answer.error?.code], [3, "foreign_table"]);
    match(answer.error?.message ?? "", /one of golang-migrate$/);
  }));

Deno.test("adopt reads a history that has another name", () =>
  withTheirs({ "1_a.sql": `-- +goose Up\n${A}` }, async (project) => {
    const { db } = project;
    await db.query(
      `CREATE SCHEMA ops; SET search_path = ops; ${FOREIGN_DDL.goose} ` +
        "ALTER TABLE goose_db_version RENAME TO versions; " +
        "INSERT INTO ops.versions (version_id, is_applied) VALUES (1, true)",
    );

    const missing = await adopt(project, "goose");
    const answer = await adopt(
      project,
      "goose",
      "--history-table",
      "ops.versions",
    );

    deepEqual([missing.code, missing.error?.code], [2, "invalid_argument"]);
    equal(answer.code, 0, JSON.stringify(answer));
    equal(answer.historyTable, "ops.versions");
    await requireFit(project, ["1 applied"]);
  }));
