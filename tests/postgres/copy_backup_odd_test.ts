import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import {
  lookAt,
  requireSame,
  SHOP_FILES,
  testCopy,
} from "../helpers/copy_backup.ts";
import { withDatabase } from "../helpers/database.ts";
import { ending, logOf, tablesOf } from "../helpers/run.ts";

/** What a text format may spoil. */
const ODD = `
  CREATE TABLE "Odd ""name"" \\ of.table" (
    "a b" text, "c""d" bytea, "e\\f" text[], g jsonb, h numeric, i timestamptz,
    j date, k interval, l float8, m float4, n xml, o money, p bit varying,
    q inet, r tsvector, s point, t boolean, "select" "char", u uuid
  );
  INSERT INTO "Odd ""name"" \\ of.table" VALUES
    (E'tab\\t line\\n return\\r \\\\ back \\\\N \\\\. \\x01 \\x7f é 𝄞 ﷽', '\\x00ff0a5c2e',
     ARRAY[NULL, '', 'NULL', '{"', E'\\\\'], '{"a": "\\\\u00e9\\\\n\\""}', 'NaN',
     'infinity', '-infinity', '-1 year 3 mons -4 days 00:00:00.000001',
     'NaN', 1.1, '<a>&amp;</a>', '-12.34', B'0101', '::1/64', 'a:1 b:2',
     '(1.5,-0)', true, 'x', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
    ('\\.', '', '{}', '[]', 'Infinity', '0001-01-01 BC', '5874897-12-31',
     '178000000 years', 'Infinity', 3.4e38, '', '0.01', B'', '1.2.3.4', '',
     '(Infinity,NaN)', false, '', NULL),
    ('', NULL, NULL, 'null', 1e-100, NULL, NULL, NULL, 1e-308, 1.17549435e-38,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('\\N', NULL, NULL, NULL, 0.10, '2024-02-29 12:00:00.123456+13', NULL, NULL,
     0.1, 0.1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  CREATE TABLE nothing_in_it (a int);
  CREATE TABLE without_columns ();
  INSERT INTO without_columns DEFAULT VALUES;
  INSERT INTO without_columns DEFAULT VALUES;
  CREATE TABLE only_generated (a int GENERATED ALWAYS AS (1) STORED);
  INSERT INTO only_generated DEFAULT VALUES;
  CREATE TABLE dropped_columns (a int, b int, c text);
  ALTER TABLE dropped_columns DROP COLUMN b;
  INSERT INTO dropped_columns VALUES (1, 'c');
  CREATE SEQUENCE counting INCREMENT -3 MAXVALUE 90 START 9;
  SELECT nextval('counting'), nextval('counting');
  CREATE UNLOGGED TABLE quick (a int);
  INSERT INTO quick VALUES (1);
`;

testCopy(
  "copy brings back values that a text format may spoil",
  {},
  async (project) => {
    await project.db.query(ODD);
    await project.db.query(
      `DO $$ BEGIN EXECUTE format(
       'ALTER DATABASE %I SET DateStyle = ''SQL, DMY''', current_database());
     EXECUTE format('ALTER DATABASE %I SET IntervalStyle = sql_standard',
       current_database());
     EXECUTE format('ALTER DATABASE %I SET bytea_output = escape',
       current_database()); END $$`,
    );
    const before = await project.look();
    const { path = "" } = await project.done(["backup"]);
    await project.db.query("DROP SCHEMA public CASCADE");

    await project.done(["restore", path, "--yes"]);

    await requireSame(project.look(), before);
  },
);

testCopy(
  "copy writes what others have committed when it began, and no more",
  {},
  async (project) => {
    const { db } = project;
    await db.query(
      `CREATE TABLE a (id int PRIMARY KEY, filler text);
     CREATE TABLE z (id int REFERENCES a);
     INSERT INTO a SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n;
     INSERT INTO z SELECT id FROM a;`,
    );
    let isOver = false;
    async function write(): Promise<void> {
      const client = await db.connect();
      for (let id = 100_000; !isOver; id += 1) {
        await client.query(
          `BEGIN; INSERT INTO a VALUES (${id}, 'new'); INSERT INTO z VALUES (${id});
         DELETE FROM z WHERE id = ${id - 99_999}; DELETE FROM a WHERE id = ${
            id - 99_999
          }; COMMIT`,
        );
      }
    }
    const writing = write();
    const { path = "" } = await project.done(["backup"]);
    isOver = true;
    await writing;

    await withDatabase(async (copy) => {
      await project.done(["restore", path, "--into", copy.url, "--yes"]);
      const [row] = await copy.query(
        "SELECT count(*)::int, (SELECT count(*)::int FROM z) AS other FROM a",
      );
      deepEqual([row?.count, row?.other], [20_000, 20_000]);
    });
  },
);

testCopy(
  "restore refuses a damaged copy before it changes anything",
  SHOP_FILES,
  async (project) => {
    const { dir, db } = project;
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    const bytes = await Deno.readFile(join(dir, path));
    await db.query("DELETE FROM shop.lines");
    const before = await project.look();
    const flipped = bytes.slice();
    const place = new TextDecoder("latin1").decode(bytes)
      .indexOf("ann@example.com");
    flipped[place] = "A".charCodeAt(0);
    const files: Readonly<Record<string, Uint8Array>> = {
      "cut.tar": bytes.slice(0, bytes.length / 2),
      "flipped.tar": flipped,
      "no_end.tar": bytes.slice(0, -2048),
      "empty.tar": new Uint8Array(0),
      "garbage.tar": new TextEncoder().encode("x".repeat(5000)),
    };

    const endings: unknown[] = [];
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeFile(join(dir, name), content);
      endings.push(ending(await project.json(["restore", name, "--yes"])));
    }
    await Deno.writeFile(join(dir, path), flipped);
    const known = await project.json(["restore", path, "--yes"]);

    deepEqual(endings, Object.keys(files).map(() => [5, "bad_backup"]));
    match(
      known.error?.message ?? "",
      /"data\/\d+\/0+1\.copy" in it is not what/,
    );
    await requireSame(project.look(), before);
    deepEqual((await logOf(db)).length, 2);
  },
);

testCopy(
  "restore refuses a copy that is whole but not the one that was made",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const { path: first = "" } = await project.done(["backup"]);
    await project.db.query("DELETE FROM shop.lines");
    const { path: second = "" } = await project.done(["backup"]);
    await Deno.rename(join(project.dir, second), join(project.dir, first));

    const answer = await project.json(["restore", first, "--yes"]);

    deepEqual(ending(answer), [5, "bad_backup"]);
    match(answer.error?.message ?? "", /its SHA-256 is .* when it was made$/);
  },
);

testCopy(
  "an interrupted backup with copy leaves no file and no lock",
  {},
  async (project) => {
    const { db, dir } = project;
    await db.query("CREATE TABLE a (id int); CREATE TABLE b (id int)");
    const holder = await db.connect();
    await holder.query("BEGIN; LOCK TABLE b");
    const running = project.start(["backup"]);
    await waitFor(async () =>
      (await db.query(
        "SELECT FROM pg_locks WHERE NOT granted AND relation = 'b'::regclass",
      )).length > 0
    );

    running.kill("SIGTERM");
    const { code } = await running.result;

    equal(code, 143);
    deepEqual(project.files(), []);
    await holder.query("ROLLBACK; DROP TABLE a, b");
    ok(dir !== "");
  },
);

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

testCopy(
  "a backup with copy names what the role may not read",
  {},
  async (project) => {
    const { db } = project;
    const role = `${db.name}_reader`;
    await db.query(
      `CREATE TABLE open (a int); CREATE TABLE secret (a int);
     CREATE ROLE ${role} LOGIN PASSWORD 'reads'; GRANT SELECT ON open TO ${role};`,
    );
    const url = new URL(db.url);
    url.username = role;
    url.password = "reads";

    const answer = await project.json(["backup"], { DATABASE_URL: url.href });
    await db.query("GRANT SELECT ON secret TO PUBLIC");
    await db.query("ALTER TABLE secret ENABLE ROW LEVEL SECURITY");
    const hidden = await project.json(["backup"], { DATABASE_URL: url.href });

    deepEqual(ending(answer), [5, "backup_failed"]);
    match(
      answer.error?.message ?? "",
      /public\.secret \(this role may not read/,
    );
    deepEqual(ending(hidden), [5, "backup_failed"]);
    match(hidden.error?.message ?? "", /row-level security.*"secret"/);
    deepEqual(project.files(), []);
    await db.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  },
);

testCopy("restore puts a dropped partition back where it was", {
  "001_parts.sql": `
    CREATE TABLE events (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE INDEX events_at ON events (at);
    CREATE TABLE kinds (id int PRIMARY KEY);
    ALTER TABLE events ADD COLUMN kind int REFERENCES kinds;
    CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER seen AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION seen();
    CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
      PARTITION BY LIST (id);
    CREATE TABLE events_2025_a PARTITION OF events_2025 FOR VALUES IN (1, 2);
    CREATE INDEX own ON events_2025_a (id);
    ALTER TABLE events_2025_a DISABLE TRIGGER seen;
    INSERT INTO kinds VALUES (1);
    INSERT INTO events VALUES (1, '2024-05-01', 1), (2, '2025-05-01', NULL);
  `,
}, async (project) => {
  await project.done(["migrate"]);
  const before = await project.look();
  await project.write({
    "002_old.sql": "DROP TABLE events_2024, events_2025;",
  });
  const { backup } = await project.done(["migrate"]);
  const path = backup?.path ?? "";
  const { tables } = await project.done(["restore", path, "--dry-run"]);

  await project.done(["restore", path, "--yes"]);

  equal(tables, 2);
  await requireSame(project.look(), before);
  await project.done(["restore", path, "--yes"]);
  await requireSame(project.look(), before);
});

testCopy(
  "restore with copy changes nothing where something new hangs on the old",
  SHOP_FILES,
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await db.query(
      `CREATE TABLE later (id bigint REFERENCES shop.orders);
     CREATE VIEW later_view AS SELECT FROM shop.open;
     CREATE INDEX newer ON shop.orders (total);`,
    );
    const before = await project.look();

    const answer = await project.json(["restore", path, "--yes"]);
    await requireSame(project.look(), before);
    await db.query("DROP TABLE later; DROP VIEW later_view");
    await db.query("CREATE TABLE left_alone (id int)");
    await project.done(["restore", path, "--yes"]);

    deepEqual(ending(answer), [5, "restore_failed"]);
    match(
      answer.error?.message ?? "",
      /foreign key public\.later\.later_id_fkey, view public\.later_view$/,
    );
    match(
      answer.error?.hint ?? "",
      /drop it, or restore into another database/,
    );
    ok((await tablesOf(db, "public")).includes("left_alone"));
  },
);

testCopy(
  "restore of a part says what it needs and cannot find",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    await project.write({ "002_lines.sql": "DROP TABLE shop.lines;" });
    const { backup } = await project.done(["migrate"]);

    await withDatabase(async (other) => {
      const answer = await project.json([
        "restore",
        backup?.path ?? "",
        "--into",
        other.url,
        "--yes",
      ]);
      deepEqual(ending(answer), [5, "restore_failed"]);
      match(
        answer.error?.message ?? "",
        /neither in it .*: table shop\.orders$/,
      );
      deepEqual(await lookAt(other), await lookAt(other));
      deepEqual(await tablesOf(other, "shop"), []);
    });
  },
);

testCopy(
  "own default privileges add nothing to what is restored",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await project.db.query(
      `ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
     ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT USAGE ON SEQUENCES TO PUBLIC;
     ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;`,
    );
    const before = await project.look();

    await project.done(["restore", path, "--yes"]);

    await requireSame(project.look(), before);
  },
);

testCopy(
  "psql brings a copy back without lockstep",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    const cwd = join(project.dir, "unpacked");
    await Deno.mkdir(cwd);
    await run("tar", ["xf", join(project.dir, path)], cwd);
    await withDatabase(async (other) => {
      const scripts = ["1_before.sql", "2_data.sql", "3_after.sql"];
      const args = scripts.flatMap((name) => ["-f", name]);
      const options = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1"];
      await run("psql", [...options, ...args, other.url], cwd);

      await requireSame(lookAt(other), project.look());
    });
  },
);

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const command = new Deno.Command(program, { args: [...args], cwd });
  const { success, stderr } = await command.output();
  ok(success, new TextDecoder().decode(stderr));
}

testCopy(
  "a backup before a plan that renames is one of the whole database",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    await project.write({
      "002_swap.sql":
        "ALTER TABLE shop.lines RENAME TO old; ALTER TABLE shop.customers RENAME TO lines; DROP TABLE shop.lines CASCADE;",
    });
    const { backup } = await project.done(["migrate"]);
    const preview = await project.done([
      "restore",
      backup?.path ?? "",
      "--dry-run",
    ]);
    deepEqual(preview.warnings, []);
    equal(preview.tables, 8);
  },
);

testCopy("a missing pg_dump tells of copy, and a dry run of what copy cannot", {
  "001_a.sql": "CREATE TABLE a (id int); INSERT INTO a VALUES (1);",
}, async (project) => {
  await project.done(["migrate"]);
  await project.write({ "002_drop.sql": "DROP TABLE a;" });
  await project.db.query(
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;" +
      "CREATE FOREIGN TABLE f (password text) SERVER s OPTIONS (password 'hush');" +
      "CREATE VIEW v AS SELECT FROM a, f;",
  );
  const nowhere = ["--pg-dump", "/nowhere/pg_dump"];

  const missing = await project.json(["backup", ...nowhere], {
    LOCKSTEP_BACKUP_METHOD: "pg_dump",
  });
  await project.db.query("DROP VIEW v");
  const planned = await project.json(["migrate", "--dry-run"]);
  const whole = await project.json(["backup"]);

  match(missing.error?.hint ?? "", /--backup-method copy/);
  deepEqual(planned.warnings, []);
  deepEqual(ending(whole), [5, "backup_failed"]);
  match(whole.error?.message ?? "", /foreign table public\.f \(options/);
  ok(!JSON.stringify(whole).includes("hush"));
});
