import { deepEqual, equal, match } from "node:assert/strict";
import { withRun } from "../helpers/run.ts";

const RULE = "require-concurrent-index-creation";

const SHOP = {
  "001_shop.sql": "CREATE TABLE items (id bigint PRIMARY KEY, name text);\n",
};

const INDEX = {
  "002_index.sql": "CREATE INDEX items_name ON items (name);\n",
};

Deno.test("migrate --fail-on refuses what lint finds, and runs nothing", () =>
  withRun(SHOP, async (project) => {
    await project.done("migrate");
    await project.write({
      ...INDEX,
      "003_other.sql": "CREATE TABLE other (id bigint);\n",
    });

    const answer = await project.json("migrate", "--fail-on", "error");

    deepEqual([answer.code, answer.migrationsApplied], [3, 0]);
    equal(answer.error?.code, "lint_findings");
    match(answer.error?.message ?? "", /as lint finds 1 error in what is/);
    match(answer.error?.location?.path ?? "", /002_index\.sql$/);
    deepEqual(answer.warnings.map(({ code }) => code), [RULE]);
    equal((await project.json("status")).pendingMigrations, 2);
  }));

Deno.test("migrate --fail-on refuses in a dry run, too", () =>
  withRun(SHOP, async (project) => {
    await project.done("migrate");
    await project.write(INDEX);

    const answer = await project.json(
      "migrate",
      "--dry-run",
      "--fail-on",
      "error",
    );

    equal(answer.code, 3);
    equal(answer.error?.code, "lint_findings");
  }));

Deno.test("migrate --fail-on takes what the same run makes for empty", () =>
  withRun({ ...SHOP, ...INDEX }, async (project) => {
    const answer = await project.done("migrate", "--fail-on", "error");

    equal(answer.migrationsApplied, 2);
    deepEqual(answer.warnings, []);
  }));

Deno.test("migrate --fail-on knows what applied files have checked", () =>
  withRun({
    ...SHOP,
    "002_check.sql":
      "ALTER TABLE items ADD CONSTRAINT named CHECK (name IS NOT NULL) NOT VALID;\nALTER TABLE items VALIDATE CONSTRAINT named;\n",
  }, async (project) => {
    await project.done("migrate");
    await project.write({
      "003_not_null.sql": "ALTER TABLE items ALTER COLUMN name SET NOT NULL;\n",
    });

    await project.done("migrate", "--fail-on", "error");
  }));

Deno.test("migrate --fail-on lets pass what a directive explains, and less", () =>
  withRun(SHOP, async (project) => {
    await project.done("migrate");
    await project.write({
      "002_index.sql": `-- lockstep: lint-ignore ${RULE}: it is small\n${
        INDEX["002_index.sql"]
      }`,
      "003_drop.sql": "DROP INDEX items_name;\n",
    });

    await project.done("migrate", "--fail-on", "error");
  }));

Deno.test("rollback does not look at what --fail-on says", () =>
  withRun({
    ...SHOP,
    "rollbacks/001_shop_down.sql": "CREATE INDEX i ON items (name);\n",
  }, async (project) => {
    await project.done("migrate");

    await project.done("rollback", "--fail-on", "error");
  }));
