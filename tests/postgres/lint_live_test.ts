import { deepEqual, equal, match } from "node:assert/strict";
import type { ShownLock } from "../../src/core/locks/script_locks.ts";
import { type Answer, type Project, withRun } from "../helpers/run.ts";

const SHOP = {
  "001_big.sql": `CREATE TABLE big (id int, name text);
CREATE TABLE small (id int);
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (50000);
CREATE INDEX big_name ON big (name);
CREATE TABLE "Odd'name" (id int);
`,
};

const RISKY = `CREATE INDEX ON big (id);
CREATE INDEX ON small (id);
CREATE INDEX ON parts (id);
REINDEX INDEX big_name;
CREATE INDEX ON public."Odd'name" (id);
CREATE INDEX ON nowhere (id);
`;

async function prepare({ db, done, write }: Project): Promise<void> {
  await done("migrate");
  await db.query(
    "INSERT INTO big SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n",
  );
  await db.query("INSERT INTO small VALUES (1)");
  await db.query("INSERT INTO parts SELECT generate_series(1, 20000)");
  await db.query("ANALYZE");
  await write({ "002_risky.sql": RISKY });
}

/** The severities of the findings about statements, by line. */
function severities(answer: Answer): readonly string[] {
  return answer.findings
    .filter(({ location }) => location?.line !== undefined)
    .map((one) => {
      const { severity } = one as typeof one & { readonly severity: string };
      return `${one.location?.line} ${severity}`;
    });
}

Deno.test("lint --live judges by the size of the tables", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);

    const answer = await project.json(
      "lint",
      "migrations/002_risky.sql",
      "--live",
    );

    equal(answer.error, undefined);
    deepEqual(severities(answer), [
      "1 error",
      "2 info",
      "3 error",
      "4 error",
      "5 info",
      "6 error",
    ]);
    match(
      answer.findings.map(({ message }) => message).join("\n"),
      /"big": \d\.\d MB, about 20,000 rows/,
    );
  }));

Deno.test("lint --live --locks shows size and traffic of each table", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);

    const answer = await project.json(
      "lint",
      "migrations/002_risky.sql",
      "--live",
      "--locks",
    ) as Answer & {
      readonly target?: string;
      readonly locks: readonly { readonly locks: readonly ShownLock[] }[];
    };

    match(answer.target ?? "", /^database "/);
    const sizes = answer.locks.map(({ locks }) => locks[0]?.size?.rows);
    deepEqual(sizes, [20000, 1, 20000, 20000, 0, undefined]);
  }));

Deno.test("lint without --live asks nobody, whatever the settings say", () =>
  withRun({ "001_a.sql": "CREATE INDEX ON a (b);\n" }, async (project) => {
    const answer = await project.json(
      "lint",
      "--database-url",
      "postgres://nobody@127.0.0.1:1/nothing",
    );

    equal(answer.error, undefined);
    equal(answer.code, 3);
  }));

Deno.test("lint --live says that the server cannot be reached", () =>
  withRun({ "001_a.sql": "SELECT 1;\n" }, async (project) => {
    const answer = await project.json(
      "lint",
      "--live",
      "--database-url",
      "postgres://nobody@127.0.0.1:1/nothing",
    );

    equal(answer.error?.code, "cannot_connect");
    equal(answer.code, 7);
  }));

Deno.test("lint --live goes on when a table is locked, and says so", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);
    const other = await project.db.connect();
    await other.query("BEGIN; LOCK TABLE small");

    const answer = await project.json("lint", "--live");

    deepEqual(answer.warnings.map(({ code }) => code), ["sizes-unknown"]);
    equal(answer.error, undefined);
  }));
