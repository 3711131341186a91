import { deepEqual, equal, match } from "node:assert/strict";
import { withBench } from "../helpers/faults.ts";

const TABLE = "CREATE TABLE t (id int PRIMARY KEY CHECK (id <> 23));\n" +
  "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " +
  "RAISE NOTICE 'row %', NEW.id; RETURN NEW; END $$;\n" +
  "CREATE TRIGGER tell BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id % 10 = 0) " +
  "EXECUTE FUNCTION tell();\n";

/** Single INSERTs, one on each line, which share messages. */
function inserts(
  count: number,
  change: (id: number) => string | undefined = () => undefined,
): string {
  return Array.from(
    { length: count },
    (_, index) =>
      (change(index + 1) ?? `INSERT INTO t VALUES (${index + 1})`) + ";\n",
  ).join("");
}

/** What a run of the second file says, and how many rows it leaves. */
async function insert(sql: string) {
  const files = { "001_table.sql": TABLE, "002_rows.sql": sql };
  let told = { code: -1, stdout: "", stderr: "" };
  let rows: unknown;
  await withBench(files, async ({ db, run }) => {
    await run(["migrate", "001"]);
    told = await run(["migrate", "--output", "jsonl"]);
    [rows] = await db.query("SELECT count(*)::int AS count FROM t");
  });
  const lines = told.stdout.trim().split("\n").map((line) => JSON.parse(line));
  return { ...told, rows, events: lines, report: lines.at(-1) };
}

Deno.test("an INSERT that shares a message fails at its own line", async () => {
  const { code, report, rows } = await insert(inserts(40, (id) => {
    return id === 20 ? "INSERT INTO t VALUES (123)" : undefined;
  }));

  equal(code, 5);
  match(report.error.message, /violates check constraint/);
  equal(report.error.location.line, 23);
  deepEqual(rows, { count: 0 });
});

Deno.test("an INSERT that cannot be read is found where it is, not before", async () => {
  const { code, report } = await insert(inserts(40, (id) => {
    return id === 30 ? "INSERT INTO t VALUES ('é', 1 +)" : undefined;
  }));

  equal(code, 5);
  match(report.error.message, /syntax error at or near/);
  equal(report.error.location.line, 30);
  equal(report.error.location.column, 31);
});

Deno.test("an INSERT into a table that is not there is found at its name", async () => {
  const { report } = await insert(inserts(20, (id) => {
    return id === 11 ? "INSERT INTO gone VALUES ('😀')" : undefined;
  }));

  match(report.error.message, /"gone" does not exist/);
  equal(report.error.location.line, 11);
  equal(report.error.location.column, 13);
});

Deno.test("what a trigger says has the line of its INSERT", async () => {
  const { code, events, rows } = await insert(inserts(22));

  equal(code, 0);
  deepEqual(
    events.filter(({ event }) => event === "notice")
      .map(({ notice }) => [notice.message, notice.location.line]),
    [["row 10", 10], ["row 20", 20]],
  );
  deepEqual(rows, { count: 22 });
});

Deno.test("INSERTs keep their order with all that is between them", async () => {
  const { code, rows } = await insert(inserts(60, (id) => {
    if (id === 23) return "DELETE FROM t WHERE id > 20000";
    return id % 20 === 0 ? `UPDATE t SET id = id + 1000 * ${id}` : undefined;
  }));

  equal(code, 0);
  deepEqual(rows, { count: 60 - 3 - 1 - 19 });
});
