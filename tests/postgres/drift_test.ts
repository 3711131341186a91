import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { driftOf } from "../helpers/drift.ts";
import { ending, type Project, withRole, withRun } from "../helpers/run.ts";

const SHOP = {
  "001_shop.sql": `CREATE SCHEMA shop;
CREATE TABLE shop.items (id integer PRIMARY KEY, name text);
CREATE INDEX items_name ON shop.items (name);
CREATE FUNCTION shop.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW shop.names AS SELECT name FROM shop.items;
COMMENT ON TABLE shop.items IS 'What we sell';
`,
  "rollbacks/001_shop_down.sql": "DROP SCHEMA shop CASCADE;\n",
};

async function snapshotsOf(db: TestDatabase): Promise<number> {
  const [row] = await db.query(
    "SELECT count(*)::int AS count FROM public.schema_migrations_snapshots",
  );
  return Number(row?.["count"]);
}

async function clean(project: Project): Promise<void> {
  const answer = await project.json("drift");
  deepEqual(driftOf(answer), []);
  equal(answer.code, 0);
}

Deno.test("drift finds nothing after a run, a rollback and another run", () =>
  withRun(SHOP, async (project) => {
    await project.done("migrate");
    await clean(project);
    await project.done("rollback");
    await clean(project);
    await project.done("migrate");
    await clean(project);
  }));

const BY_HAND: Readonly<Record<string, readonly [sql: string, found: string]>> =
  {
    "a column": [
      "ALTER TABLE shop.items ADD COLUMN price numeric",
      "changed table shop.items",
    ],
    "a default": [
      "ALTER TABLE shop.items ALTER COLUMN name SET DEFAULT 'x'",
      "changed table shop.items",
    ],
    "a table": [
      "CREATE TABLE shop.extra (id integer)",
      "added table shop.extra",
    ],
    "an index that is gone": [
      "DROP INDEX shop.items_name",
      "removed index shop.items.items_name",
    ],
    "the body of a function": [
      "CREATE OR REPLACE FUNCTION shop.one() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
      "changed function shop.one()",
    ],
    "a view": [
      "CREATE OR REPLACE VIEW shop.names AS SELECT upper(name) AS name FROM shop.items",
      "changed view shop.names",
    ],
    "a grant": [
      "GRANT SELECT ON shop.items TO PUBLIC",
      "changed table shop.items",
    ],
    "a comment": [
      "COMMENT ON TABLE shop.items IS 'Other'",
      "changed table shop.items",
    ],
    "a policy": [
      "CREATE POLICY own ON shop.items USING (true)",
      "added policy shop.items.own",
    ],
  };

for (const [title, [sql, found]] of Object.entries(BY_HAND)) {
  Deno.test(`drift finds ${title} that was changed by hand`, () =>
    withRun(SHOP, async (project) => {
      await project.done("migrate");
      await project.db.query(sql);

      const answer = await project.json("drift");

      deepEqual(driftOf(answer), [found]);
      equal(answer.code, 3);
      equal(answer.success, false);
      equal(answer.findings.length, 1);
    }));
}

Deno.test("drift shows the lines that differ", () =>
  withRun(SHOP, async ({ db, done, run }) => {
    await done("migrate");
    await db.query("ALTER TABLE shop.items ADD COLUMN price numeric");

    const { code, stdout } = await run("drift");

    equal(code, 3);
    match(stdout, /^~ table shop\.items changed$/m);
    match(stdout, /^ {2}- {5}name text$/m);
    match(stdout, /^ {2}\+ {5}name text,$/m);
    match(stdout, /^ {2}\+ {5}price numeric$/m);
  }));

Deno.test("migrate --check-drift refuses until the change is accepted", () =>
  withRun(SHOP, async ({ db, done, json, write, run }) => {
    await done("migrate", "--check-drift");
    await db.query("ALTER TABLE shop.items ADD COLUMN price numeric");
    await write({ "002_more.sql": "CREATE TABLE shop.more (id integer);\n" });

    const refused = await json("migrate", "--check-drift");
    const planned = await json("migrate", "--check-drift", "--dry-run");
    deepEqual(ending(refused), [3, "schema_drift"]);
    deepEqual(ending(planned), [3, "schema_drift"]);
    equal((await json("status")).pendingMigrations, 1);

    await done("drift", "--accept", "--reason", "made in an incident");
    await done("migrate", "--check-drift");
    equal((await json("drift")).code, 0);
    const { stdout } = await run("history");
    match(stdout, / schema +accepted/);
    match(stdout, /reason: made in an incident/);
  }));

Deno.test("drift says that nothing is stored, also after an earlier version", () =>
  withRun(SHOP, async ({ db, done, json }) => {
    deepEqual(ending(await json("drift")), [3, "no_snapshot"]);
    await done("migrate", "--snapshot", "never");
    deepEqual(ending(await json("drift")), [3, "no_snapshot"]);
    await db.query("DROP VIEW shop.names");
    await done("drift", "--accept");
    equal((await json("drift")).code, 0);
  }));

Deno.test("drift does not trust a snapshot that was changed by hand", () =>
  withRun(SHOP, async ({ db, done, json }) => {
    await done("migrate");
    await db.query(
      "UPDATE schema_migrations_snapshots SET schema = replace(schema, 'name', 'nome')",
    );

    const answer = await json("drift");

    deepEqual(ending(answer), [3, "no_snapshot"]);
    match(answer.error?.message ?? "", /changed by hand/);
  }));

Deno.test("drift says when runs went by without storing the schema", () =>
  withRun(SHOP, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "002_more.sql": "CREATE TABLE shop.more (id integer);\n" });
    await done("migrate", "--snapshot", "never");

    const answer = await json("drift");

    deepEqual(driftOf(answer), ["added table shop.more"]);
    deepEqual(answer.warnings.map(({ code }) => code), ["snapshot_outdated"]);
    deepEqual(ending(await json("migrate", "--check-drift")), [
      3,
      "no_snapshot",
    ]);
  }));

Deno.test("a failed run stores what came before the failure", () =>
  withRun(
    { ...SHOP, "002_bad.sql": "CREATE TABLE shop.more (id wrong);\n" },
    async (project) => {
      equal((await project.json("migrate")).code, 5);
      await clean(project);
    },
  ));

Deno.test("a role that may not store the schema runs all the same", () =>
  withRun(
    { "001_a.sql": "CREATE TABLE data.a (id integer);\n" },
    async ({ db, done, jsonAs, json }) => {
      await done("init");
      await withRole(db, async (role) => {
        await db.query(`CREATE SCHEMA data;
          GRANT ALL ON SCHEMA data TO ${role.name};
          GRANT SELECT, INSERT, UPDATE, DELETE ON schema_migrations,
            schema_migrations_rollbacks TO ${role.name};
          GRANT SELECT, INSERT ON schema_migrations_log TO ${role.name};
          GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role.name}`);

        const answer = await jsonAs(role, "migrate");

        deepEqual([answer.code, answer.migrationsApplied], [0, 1]);
        equal(await snapshotsOf(db), 0);
        deepEqual(ending(await json("drift")), [3, "no_snapshot"]);
      });
    },
  ));

Deno.test("drift --against compares with another database", () =>
  withRun(SHOP, (one) =>
    withDatabase(async (other) => {
      await one.done("migrate");
      await other.query(SHOP["001_shop.sql"]);
      const same = await one.json("drift", "--against", other.url);
      deepEqual(driftOf(same), []);
      await other.query("DROP VIEW shop.names");

      const answer = await one.json("drift", "--against", other.url);

      deepEqual(driftOf(answer), ["added view shop.names"]);
      equal(answer.code, 3);
    })));

Deno.test("new partitions and objects of extensions are told as what they are", () =>
  withRun({
    "001_a.sql": `CREATE TABLE a (at date) PARTITION BY RANGE (at);
CREATE TABLE a_1 PARTITION OF a FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
`,
  }, async ({ db, done, json }) => {
    await done("migrate");
    await db.query(`CREATE TABLE a_2 PARTITION OF a
      FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')`);
    await db.query("CREATE EXTENSION citext");

    deepEqual(driftOf(await json("drift")), [
      "added extension citext",
      "added table public.a_2",
    ]);
    const rest = await json(
      "drift",
      "--ignore-objects",
      "public.a_*,extension citext",
    );
    equal(rest.code, 0);
  }));

Deno.test("no more than eleven snapshots stay", () =>
  withRun(
    { "001_a.sql": "CREATE TABLE a (id integer);\n" },
    async (project) => {
      await project.done("migrate");
      for (let index = 0; index < 12; index++) {
        await project.done("drift", "--accept");
      }
      equal(await snapshotsOf(project.db), 11);
    },
  ));

Deno.test("drift only warns of another comment, and still finds it", () =>
  withRun(SHOP, async ({ db, done, json }) => {
    await done("migrate");
    await db.query("COMMENT ON TABLE shop.items IS 'Other'");

    const answer = await json("drift");

    deepEqual(
      [answer.code, answer.findings.map(({ severity }) => severity)],
      [3, ["warning"]],
    );
    await db.query("GRANT SELECT ON shop.items TO PUBLIC");
    const both = await json("drift");
    deepEqual(both.findings.map(({ severity }) => severity), ["error"]);
    deepEqual(detailsOf(both), [{
      differsIn: ["comment", "privileges"],
      owner: "postgres",
    }]);
  }));

Deno.test("drift says when an object was changed, where the server knows", async () => {
  await using server = await startPostgres({
    settings: { track_commit_timestamp: "on" },
  });
  await withRun(SHOP, async ({ db, done, json, run }) => {
    await done("migrate");
    await db.query("DROP VIEW shop.names");
    await db.query("ALTER TABLE shop.items ADD COLUMN price numeric");
    const [now] = await db.query("SELECT clock_timestamp() AS now");

    const [table, view] = detailsOf(await json("drift"));

    const at = Date.parse(table?.changedAt ?? "");
    const late = Number(now?.["now"]) - at;
    ok(late >= 0 && late < 600_000, `${table?.changedAt}`);
    equal(view?.changedAt, undefined);
    const { stdout } = await run("drift");
    match(stdout, /^ {2}last changed at .*Z; it belongs to postgres$/m);
  }, { server: server.url });
});

interface Details {
  readonly owner?: string;
  readonly changedAt?: string;
  readonly differsIn?: readonly string[];
}

function detailsOf(answer: object): readonly Details[] {
  const { differences = [] } = answer as {
    readonly differences?: readonly Details[];
  };
  return differences.map(({ owner, changedAt, differsIn }) => ({
    ...(owner !== undefined && { owner }),
    ...(changedAt !== undefined && { changedAt }),
    ...(differsIn !== undefined && { differsIn }),
  }));
}

Deno.test("drift says which rights on the stored schemas a role lacks, and these are enough", () =>
  withRun(SHOP, async ({ db, done, jsonAs }) => {
    await done("migrate");
    await withRole(db, async (role) => {
      await db.query(
        "GRANT SELECT, INSERT, UPDATE ON schema_migrations, " +
          `schema_migrations_log TO ${role.name};
        GRANT SELECT, INSERT, UPDATE, DELETE ON schema_migrations_rollbacks
          TO ${role.name};
        GRANT USAGE ON SEQUENCE schema_migrations_id_seq,
          schema_migrations_log_id_seq TO ${role.name}`,
      );
      for (
        const args of [["drift"], ["drift", "--accept", "--reason", "as it is"]]
      ) {
        const refused = await jsonAs(role, ...args);
        deepEqual(ending(refused), [3, "missing_grants"]);
        const [, grants = ""] = /: (GRANT .*)$/.exec(
          refused.error?.hint ?? "",
        ) ?? [];
        match(grants, /schema_migrations_snapshots/);

        await db.query(grants);

        equal((await jsonAs(role, ...args)).code, 0);
      }
    });
  }));
