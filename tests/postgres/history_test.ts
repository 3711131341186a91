import { deepEqual, equal, match } from "node:assert/strict";
import { withRun } from "../helpers/run.ts";

const FILES = {
  "001_users.sql": "CREATE TABLE users (id int);\n",
  "002_bad.sql": "SELECT 1 / 0;\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
};

/** One of each: applied, failed, rolled back, applied again. */
async function makeHistory(
  { run }: { run(...args: string[]): Promise<unknown> },
): Promise<void> {
  await run("migrate");
  await run("rollback", "--reason", "too early");
  await run("migrate", "001");
}

Deno.test("history lists every attempt, newest first", () =>
  withRun(FILES, async (project) => {
    await makeHistory(project);
    const { code, stdout } = await project.run("history");

    equal(code, 0);
    const lines = stdout.trimEnd().split("\n").slice(2)
      .map((line) => line.replace(/ +\d+ ms .*/, "").replace(/^\S+ \S+ +/, ""));
    deepEqual(
      lines,
      [
        "001_users  applied",
        "001_users  rolled back",
        "    reason: too early",
        "002_bad    failed",
        '    Cannot apply "002_bad" as a statement failed: division by zero (22012)',
        "001_users  applied",
      ],
    );
    match(stdout, /\S+@\S+/);
  }));

Deno.test("history of a version leaves the others out, and knows it as a number", () =>
  withRun(FILES, async (project) => {
    await makeHistory(project);
    const answer: unknown = JSON.parse(
      (await project.run("history", "2", "--json")).stdout,
    );

    const { entries } = answer as {
      entries: { version: string; outcome: string; sqlstate: string }[];
    };
    deepEqual(
      entries.map(({ version, outcome, sqlstate }) => [
        version,
        outcome,
        sqlstate,
      ]),
      [["002", "failed", "22012"]],
    );
  }));

Deno.test("history --limit takes the newest, and 0 takes all", () =>
  withRun(FILES, async (project) => {
    await makeHistory(project);
    const counts: number[] = [];
    for (const limit of ["1", "0"]) {
      const { stdout } = await project.run(
        "history",
        "--limit",
        limit,
        "--json",
      );
      counts.push(JSON.parse(stdout).entries.length);
    }

    deepEqual(counts, [1, 4]);
  }));

Deno.test("history of an empty database is empty, and makes no table", () =>
  withRun({}, async ({ db, run }) => {
    const { code, stdout } = await run("history");

    equal(code, 0);
    match(stdout, /Nothing is recorded yet\./);
    const tables = await db.query(
      "SELECT 1 FROM pg_class WHERE relname LIKE 'schema_migrations%'",
    );
    equal(tables.length, 0);
  }));

Deno.test("history refuses a limit that is no number", () =>
  withRun({}, async ({ run }) => {
    const { code, stderr } = await run("history", "--limit", "some");

    equal(code, 2);
    match(stderr, /^error\[invalid_argument\]: Cannot list "some" attempts/m);
  }));
