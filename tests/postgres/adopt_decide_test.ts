import { deepEqual, equal } from "node:assert/strict";
import { DatabaseManager } from "../../src/database_manager.ts";
import type {
  AdoptOptions,
  BaselineOptions,
} from "../../src/core/manager_options.ts";
import { MigrationManager } from "../../src/migration_manager.ts";
import { ourFiles, SOURCE, withTheirs } from "../helpers/adoption.ts";
import { FOREIGN_DDL } from "../helpers/foreign_tables.ts";
import { type Project, statesOf } from "../helpers/run.ts";

const FILES = { "1_a.sql": "-- +goose Up\nCREATE TABLE a (id int);\n" };

/** Runs a test with a manager of a project that goose has run once. */
async function withManager(
  test: (manager: MigrationManager, project: Project) => Promise<void>,
): Promise<void> {
  await withTheirs(FILES, async (project) => {
    const { db, dir } = project;
    await db.query(
      "CREATE TABLE a (id int);" + FOREIGN_DDL.goose +
        "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, true)",
    );
    await using database = new DatabaseManager({ databaseUrl: db.url });
    await test(new MigrationManager(database, { cwd: dir }), project);
  });
}

function fromGoose(decide?: AdoptOptions["decide"]): AdoptOptions {
  return {
    from: "goose",
    source: SOURCE,
    ...(decide !== undefined && { decide }),
  };
}

Deno.test("MigrationManager.adopt() hands the plan to decide and does what it says", () =>
  withManager(async (manager, project) => {
    const seen: (readonly string[])[] = [];
    const declined = await manager.adopt(
      fromGoose((plan) => {
        seen.push(plan.migrations.map(({ version }) => version));
        return Promise.resolve(false);
      }),
    );

    deepEqual(seen, [["1"]]);
    deepEqual([declined.success, declined.status], [true, "declined"]);
    deepEqual(ourFiles(project), []);

    const done = await manager.adopt(fromGoose());

    equal(done.status, "done", String(done.error));
    deepEqual(statesOf(await project.json("status")), ["1 applied"]);
  }));

Deno.test("MigrationManager.adopt() stops when the other tool runs meanwhile", () =>
  withManager(async (manager, project) => {
    const report = await manager.adopt(
      fromGoose(async () => {
        await project.db.query(
          "INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, true)",
        );
        return true;
      }),
    );

    deepEqual([report.status, report.error?.code], ["planned", "row_changed"]);
    deepEqual(ourFiles(project), []);
    deepEqual(statesOf(await project.json("status")), []);
  }));

Deno.test("MigrationManager.adopt() stops when somebody tracks meanwhile", () =>
  withManager(async (manager, project) => {
    const report = await manager.adopt(
      fromGoose(async () => {
        await project.done("init");
        await project.db.query(
          "INSERT INTO schema_migrations (version, name, checksum, file_path) VALUES ('9', 'x', 'x', 'x')",
        );
        return true;
      }),
    );

    equal(report.error?.code, "already_tracked");
    deepEqual(ourFiles(project), []);
  }));

Deno.test("MigrationManager.adopt() knows its tools", () =>
  withManager(async (manager) => {
    const report = await manager.adopt({ from: "gooze" });

    equal(report.error?.code, "invalid_argument");
    equal(report.error?.hint, 'did you mean "goose"?');
  }));

Deno.test("MigrationManager.baseline() records nothing when decide says no", () =>
  withManager(async (manager, project) => {
    await project.db.query("DROP TABLE goose_db_version");
    await project.write({ "001_a.sql": "CREATE TABLE a (id int);\n" });
    const options: BaselineOptions = {
      version: "001",
      decide: () => Promise.resolve(false),
    };

    const declined = await manager.baseline(options);
    const done = await manager.baseline({ version: "001" });

    equal(declined.status, "declined");
    equal(done.status, "done", String(done.error));
    deepEqual(statesOf(await project.json("status")), ["001 applied"]);
  }));
