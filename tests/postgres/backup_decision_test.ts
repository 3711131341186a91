import { deepEqual, equal, match } from "node:assert/strict";
import { mayLose } from "../../src/core/backup/loss_words.ts";
import { LossCollector } from "../../src/core/backup/script_losses.ts";
import {
  listCandidates,
  type LossVerdict,
  weighLosses,
} from "../../src/core/backup/weigh_losses.ts";
import { loadGrammar } from "../../src/io/grammar.ts";
import type { Connection } from "../../src/io/postgres/connection.ts";
import { readLosses } from "../../src/io/postgres/loss_store.ts";
import { withBackups } from "../helpers/backup.ts";
import { connectTo } from "../helpers/connecting.ts";
import { withDatabase } from "../helpers/database.ts";

/** The schema that every case starts from. */
const SETUP = `
  CREATE SCHEMA app;
  CREATE SCHEMA void;
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE DOMAIN email AS text;
  CREATE TABLE full_one (id int PRIMARY KEY, note text,
    shout text GENERATED ALWAYS AS (upper(note)) STORED);
  CREATE TABLE empty_one (id int PRIMARY KEY, note text);
  CREATE TABLE app.orders (id int, mood mood, email email,
    one int REFERENCES empty_one);
  CREATE TABLE void.nothing (id int);
  CREATE TABLE parent (id int) PARTITION BY RANGE (id);
  CREATE TABLE part PARTITION OF parent FOR VALUES FROM (0) TO (10);
  CREATE VIEW over AS SELECT note FROM full_one;
  CREATE MATERIALIZED VIEW summary AS SELECT count(*) FROM full_one;
  CREATE SEQUENCE used; CREATE SEQUENCE unused;
  CREATE FUNCTION cleanup() RETURNS void LANGUAGE plpgsql
    AS $$ BEGIN DELETE FROM full_one; END $$;
  CREATE FUNCTION harmless() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN new; END $$;
  CREATE TRIGGER noting BEFORE INSERT ON full_one
    FOR EACH ROW EXECUTE FUNCTION noted();
  INSERT INTO full_one (id, note) VALUES (1, 'a');
  INSERT INTO app.orders VALUES (1, 'good', 'a@b.c');
  INSERT INTO parent VALUES (5);
  SELECT nextval('used');
`;

/** What is taken data from, by migration; nothing where no backup is needed. */
const CASES: Readonly<Record<string, readonly string[] | "none" | "any">> = {
  "DROP TABLE full_one CASCADE": ["full_one"],
  "DROP TABLE empty_one CASCADE": "none",
  "DROP TABLE IF EXISTS nowhere": "none",
  "DROP TABLE orders": ["app.orders"],
  "DROP TABLE parent": ["part"],
  "DROP TABLE part": ["part"],
  "DROP VIEW over CASCADE": "none",
  "DROP MATERIALIZED VIEW summary": "none",
  "DROP SCHEMA app CASCADE": ["app.orders"],
  "DROP SCHEMA void CASCADE": "none",
  "DROP TYPE mood CASCADE": ["app.orders"],
  "DROP DOMAIN email CASCADE": ["app.orders"],
  "DROP FUNCTION noted() CASCADE": "none",
  "DROP SEQUENCE used": ["used"],
  "DROP SEQUENCE unused": "none",
  "TRUNCATE empty_one": "none",
  "TRUNCATE empty_one CASCADE": ["app.orders"],
  "TRUNCATE parent": ["part"],
  "DELETE FROM full_one WHERE id = 2": ["full_one"],
  "DELETE FROM empty_one": "none",
  "ALTER TABLE full_one DROP COLUMN shout": "none",
  "ALTER TABLE full_one DROP COLUMN note CASCADE": ["full_one"],
  "ALTER TABLE empty_one DROP COLUMN note": "none",
  "ALTER TABLE full_one ALTER id TYPE bigint": ["full_one"],
  "ALTER TABLE full_one ADD fresh int; UPDATE full_one SET fresh = id": "none",
  "UPDATE full_one SET id = id + 1": ["full_one"],
  "DELETE FROM over": ["full_one"],
  "UPDATE over SET note = ''": ["full_one"],
  "COPY (DELETE FROM full_one RETURNING id) TO '/tmp/x'": ["full_one"],
  "DO $$ BEGIN PERFORM cleanup(); END $$": "any",
  "DO $$ BEGIN PERFORM harmless(); END $$": "none",
  "INSERT INTO empty_one SELECT 1, cleanup()::text": "any",
  "INSERT INTO empty_one SELECT harmless()": "none",
  "CREATE TABLE fresh AS SELECT cleanup()": "any",
  "CREATE VIEW fresh AS SELECT cleanup()": "none",
  "(SELECT cleanup())": "any",
  "VALUES (cleanup())": "any",
  "UPDAT full_one SET id = 1": "none",
  "UPDATE full_one SE id = 1": "none",
  "ALTER TABLE full_one RENAME note TO other; ALTER TABLE full_one DROP other":
    "any",
  "DO $$ BEGIN DELETE FROM nowhere; END $$": "any",
  "SELECT cleanup()": "any",
  "SELECT harmless(), now()": "none",
  "ALTER TABLE full_one RENAME TO other; DROP TABLE other CASCADE": "any",
  "CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (1); DROP TABLE fresh":
    "none",
};

Deno.test("readLosses() finds what statements take data from", async (test) => {
  await withDatabase(async (db) => {
    await db.query(SETUP);
    await using connection = await connectTo(db.url);
    for (const [sql, expected] of Object.entries(CASES)) {
      await test.step(sql, async () => {
        const { causes, doubts } = await judge(connection, sql);

        const lost = causes.flatMap((cause) => cause.lost);
        deepEqual(lost, typeof expected === "string" ? [] : expected);
        equal(doubts.length > 0, expected === "any");
      });
    }
  });
});

async function judge(
  connection: Connection,
  sql: string,
): Promise<LossVerdict> {
  const { parse } = await loadGrammar();
  const collector = new LossCollector();
  for (const text of sql.split(/; (?!END)/)) {
    collector.see({ text });
    if (mayLose(text)) collector.judge({ text, line: 1 }, parse);
  }
  const losses = collector.end();
  const candidates = listCandidates([{ version: "1", path: "1.sql", losses }]);
  const answers = await readLosses(connection, candidates);
  return weighLosses(candidates, answers ?? new Map());
}

Deno.test("a run needs no backup where no table has data, whatever it does", async () => {
  const sql = "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;\n";
  await withBackups({ "001_change.sql": sql }, async (project) => {
    const { backup } = await project.done(["migrate", "--dry-run"]);

    equal(backup?.decision, "not_needed");
    match(backup?.reason ?? "", /holds no data$/);
  });
});

Deno.test("the tracking tables are nothing to lose", async () => {
  const files = {
    "001_a.sql": "CREATE TABLE a (id int);\n",
    "002_b.sql": "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;\n",
  };
  await withBackups(files, async (project) => {
    await project.done(["migrate", "001"]);

    const { backup } = await project.done(["plan"]);

    equal(backup?.decision, "not_needed");
  });
});

Deno.test("a run makes a backup where a lock hides what is in a table", async () => {
  const files = { "001_a.sql": "DROP TABLE a;\n" };
  await withBackups(files, async (project) => {
    await project.db.query("CREATE TABLE a (id int)");
    const other = await project.db.connect();
    await other.query("BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE");

    const { backup } = await project.done(["plan"]);

    equal(backup?.decision, "made");
    match(backup?.reason ?? "", /locked/);
  });
});

Deno.test("a plan warns that another database is not in the backup", async () => {
  const files = {
    "001_a.sql": "-- lockstep: transaction=off\nDROP DATABASE template1;\n",
  };
  await withBackups(files, async (project) => {
    const { warnings } = await project.done(["plan"]);

    deepEqual(
      warnings.map(({ code }) => code),
      ["backup_elsewhere"],
    );
  });
});

Deno.test("the plan says whether there would be a backup, and why", async () => {
  const files = { "001_a.sql": "CREATE TABLE a ();\nDROP TABLE full_one;\n" };
  await withBackups(files, async (project) => {
    await project.db.query("CREATE TABLE full_one AS SELECT 1 AS id");

    const auto = await project.run(["plan"]);
    const never = await project.run(["plan", "--backup", "never"]);

    match(
      auto.stdout,
      /^backup: would be made first, as DROP TABLE full_one \(migrations\/001_a.sql:2\) destroys data of full_one$/m,
    );
    match(never.stdout, /^backup: none, as --backup is never$/m);
  });
});
