import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import {
  adopt,
  adoptedAs,
  requireFit,
  SOURCE,
  withTheirs,
} from "../helpers/adoption.ts";
import { findPsql } from "../helpers/psql_recorder.ts";
import { column, type Project, stepsOf, tablesOf } from "../helpers/run.ts";
import { findSqitch } from "../helpers/sqitch.ts";

const sqitch = await findPsql() === undefined ? undefined : await findSqitch();

Deno.test({
  name: "adopt takes over from sqitch, with tags and a reworked change",
  ignore: sqitch === undefined,
  fn: () =>
    withTheirs({}, async (project) => {
      const { db, done, write } = project;
      await deploy(project);
      const changes = "SELECT change FROM sqitch.changes ORDER BY planned_at";
      const before = await column(db, changes);

      const answer = await adopt(project, "sqitch");

      equal(answer.code, 0, JSON.stringify(answer, undefined, 1));
      deepEqual(
        adoptedAs(answer).map((one) => one.replace(/^\d{14}/, "<time>")),
        [
          "<time>_users applied same",
          "<time>_seven applied same",
          "<time>_seven applied same",
          "<time>_more pending none",
        ],
      );
      deepEqual(await column(db, changes), before);
      const status = await done("status");
      await requireFit(
        project,
        status.versions.map(({ version }, index) =>
          `${version} ${index < 3 ? "applied" : "pending"}`
        ),
      );
      await write({
        "99990101000000_ours.sql": "CREATE TABLE ours (id int);\n",
        "rollbacks/99990101000000_ours_down.sql": "DROP TABLE ours;\n",
      });
      const forward = await done("migrate");
      equal(stepsOf(forward).at(-1), "99990101000000 done");
      deepEqual(await tablesOf(db), ["more", "ours", "users"]);
      await done("rollback", "--count", "5");
      deepEqual(await tablesOf(db), []);
    }),
});

/** Two changes and a tag, one of them reworked, are there; a third is not. */
async function deploy({ db, dir }: Project): Promise<void> {
  const cwd = join(dir, SOURCE);
  await Deno.mkdir(cwd);
  const run = (...args: string[]) => sqitch?.run(args, { cwd });
  const script = (name: string, up: string, down: string) =>
    Promise.all([
      Deno.writeTextFile(join(cwd, `deploy/${name}.sql`), up),
      Deno.writeTextFile(join(cwd, `revert/${name}.sql`), down),
    ]);
  const target = `db:${db.url.replace(/^postgres(ql)?:/, "pg:")}`;
  await run("init", "shop", "--engine", "pg");
  await run("add", "users", "-n", "the users");
  await script(
    "users",
    "BEGIN;\nCREATE TABLE users (id int);\nCOMMIT;\n",
    "BEGIN;\nDROP TABLE users;\nCOMMIT;\n",
  );
  await run("add", "seven", "--requires", "users", "-n", "a function");
  await script(
    "seven",
    "CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';\n",
    "DROP FUNCTION seven();\n",
  );
  await run("tag", "v1", "-n", "the first release");
  await run("deploy", "--no-verify", target);
  await run("rework", "seven", "-n", "a better one");
  await script(
    "seven",
    "CREATE OR REPLACE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 3 + 4';\n",
    "CREATE OR REPLACE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7';\n",
  );
  await run("deploy", "--no-verify", target);
  await run("add", "more", "-n", "not yet");
  await script(
    "more",
    "CREATE TABLE more (id int);\n",
    "DROP TABLE more;\n",
  );
}
