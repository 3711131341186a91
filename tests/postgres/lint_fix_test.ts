import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { type Answer, type Project, withRun } from "../helpers/run.ts";

const SHOP = {
  "001_shop.sql": `CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int, user_id int, amount int);
CREATE TABLE parts (id int) PARTITION BY RANGE (id);
INSERT INTO users SELECT generate_series(1, 20000);
INSERT INTO orders SELECT n, n, n FROM generate_series(1, 20000) n;
ANALYZE orders;
`,
  "rollbacks/001_shop_down.sql": "DROP TABLE orders, users, parts;\n",
};

const RISKY =
  "-- Description: ü, constraints\r\n-- Author: me\r\n-- Created: 2026-01-01\r\n" +
  "ALTER TABLE orders /* kept */ ADD FOREIGN KEY (user_id)\r\n" +
  "  REFERENCES users ; -- and kept\r\n" +
  "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0);\r\n" +
  "alter table orders alter amount set not null;\r\n" +
  "CREATE TABLE other (id int); -- as it is\r\n";

const RISKY_DOWN = `DROP TABLE other;
ALTER TABLE orders ALTER amount DROP NOT NULL;
ALTER TABLE orders DROP CONSTRAINT positive;
ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;
`;

const FIXED =
  "-- Description: ü, constraints\r\n-- Author: me\r\n-- Created: 2026-01-01\r\n" +
  'ALTER TABLE orders /* kept */ ADD CONSTRAINT "orders_user_id_fkey" FOREIGN KEY (user_id)\r\n' +
  "  REFERENCES users NOT VALID ; -- and kept\r\n" +
  "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID;\r\n" +
  'ALTER TABLE "orders" ADD CONSTRAINT "orders_amount_not_null" CHECK ("amount" IS NOT NULL) NOT VALID;\r\n' +
  "CREATE TABLE other (id int); -- as it is\r\n";

const INDEX = {
  "003_index.sql": "CREATE UNIQUE INDEX orders_id ON orders (id);\n" +
    "CREATE INDEX parts_id ON parts (id);\n",
  "rollbacks/003_index_down.sql": "DROP INDEX parts_id, orders_id;\n",
};

type Fixed = Answer & { readonly created?: readonly string[] };

async function prepare(project: Project): Promise<void> {
  await project.done("migrate");
  await project.write({
    "002_risky.sql": RISKY,
    "rollbacks/002_risky_down.sql": RISKY_DOWN,
    ...INDEX,
  });
}

function read({ dir }: Project, path: string): Promise<string> {
  return Deno.readTextFile(join(dir, "migrations", path));
}

async function constraints({ db }: Project): Promise<readonly string[]> {
  const rows = await db.query(
    "SELECT conname, convalidated FROM pg_constraint " +
      "WHERE conrelid = 'orders'::regclass AND contype <> 'n' ORDER BY 1",
  );
  return rows.map((row) => `${row["conname"]} ${row["convalidated"]}`);
}

Deno.test("lint --fix writes safe forms, and all else stays byte for byte", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);
    const applied = await read(project, "001_shop.sql");

    const answer = await project.json("lint", "--fix", "--live") as Fixed;

    equal(answer.error, undefined);
    equal(await read(project, "001_shop.sql"), applied);
    equal(await read(project, "002_risky.sql"), FIXED);
    equal(
      await read(project, "003_index.sql"),
      "CREATE UNIQUE INDEX CONCURRENTLY orders_id ON orders (id);\n" +
        "CREATE INDEX parts_id ON parts (id);\n",
    );
    equal(answer.created?.length, 2);
    const kept = answer.findings
      .map(({ code, location }) => `${location?.path} ${code}`)
      .filter((one) =>
        /(?:002|validate).*(?:missing-not-valid|adding|validating)/.test(one)
      );
    deepEqual(kept, []);
  }));

Deno.test("what lint --fix writes migrates, rolls back, and migrates again", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);
    await project.json("lint", "--fix", "--live");

    await project.done("migrate");
    const after = await constraints(project);
    await project.done("rollback", "--to", "001");
    const before = await constraints(project);
    await project.done("migrate");

    deepEqual(after, ["orders_user_id_fkey true", "positive true"]);
    deepEqual(before, []);
    deepEqual(await constraints(project), after);
    const [row] = await project.db.query(
      "SELECT attnotnull FROM pg_attribute " +
        "WHERE attrelid = 'orders'::regclass AND attname = 'amount'",
    );
    equal(row?.["attnotnull"], true);
  }));

Deno.test("lint --fix restores the schema in a rehearsal", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);
    await project.json("lint", "--fix", "--live");

    const answer = await project.json("rehearse");

    equal(answer.code, 0, JSON.stringify(answer));
  }));

Deno.test("lint --fix --dry-run shows what it would write, and writes nothing", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);

    const { stdout } = await project.run(
      "lint",
      "--fix",
      "--live",
      "--dry-run",
    );

    match(stdout, / in 6 files, /);
    match(stdout, /^- CREATE UNIQUE INDEX orders_id/m);
    match(stdout, /^\+ CREATE UNIQUE INDEX CONCURRENTLY orders_id/m);
    equal(await read(project, "002_risky.sql"), RISKY);
  }));

Deno.test("lint --fix still fails for what it leaves to people", () =>
  withRun(SHOP, async (project) => {
    await prepare(project);
    await project.write({ "004_rest.sql": "CREATE INDEX ON orders (id);\n" });

    const answer = await project.json("lint", "--fix", "--live") as Fixed;

    equal(answer.created?.length, 2);
    deepEqual(
      answer.findings.filter(({ severity }) => severity === "error")
        .map(({ location }) => location?.path)
        .filter((path) => path?.endsWith("004_rest.sql")),
      ["migrations/004_rest.sql"],
    );
    equal(answer.code, 3);
  }));

Deno.test("lint --fix never changes what is applied", () =>
  withRun({ ...SHOP }, async (project) => {
    await prepare(project);
    await project.done("migrate");

    await project.json("lint", "--fix", "--live");

    equal(await read(project, "002_risky.sql"), RISKY);
    equal((await project.json("verify")).code, 0);
  }));

Deno.test("lint --fix needs to know what is applied", () =>
  withRun(SHOP, async (project) => {
    const answer = await project.json("lint", "--fix");

    equal(answer.code, 2);
    match(answer.error?.message ?? "", /not known which of them are applied/);
  }));

Deno.test("lint --fix fixes the files that it is given without a database", () =>
  withRun(INDEX, async (project) => {
    await project.json("lint", "--fix", "migrations/003_index.sql");

    match(await read(project, "003_index.sql"), /CONCURRENTLY orders_id/);
  }));

Deno.test("lint --fix leaves alone what does no harm to a tiny table", () =>
  withRun(
    { "001_tiny.sql": "CREATE TABLE tiny (id int);\n" },
    async (project) => {
      await project.done("migrate");
      const sql = "CREATE INDEX tiny_id ON tiny (id);\n";
      await project.write({ "002_index.sql": sql });

      await project.json("lint", "--fix", "--live");

      equal(await read(project, "002_index.sql"), sql);
    },
  ));
