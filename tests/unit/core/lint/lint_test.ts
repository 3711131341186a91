import { deepEqual, equal, match } from "node:assert/strict";
import { lintScript } from "../../../../src/core/lint/lint.ts";
import { SchemaSoFar } from "../../../../src/core/lint/schema_so_far.ts";
import { findIn as findAll, lintSql } from "./lint_sql.ts";

/** Without what the rules for reviews say about such short scripts. */
async function findIn(sql: string) {
  const findings = await findAll(sql);
  return findings.filter(({ code }) => !/-(?:missing|incomplete)$/.test(code));
}

const INDEX = "CREATE INDEX i ON orders (a);";
const RULE = "require-concurrent-index-creation";

Deno.test("lintScript() tells line and column of a part of a statement", async () => {
  const sql = "SELECT 1;\n  ALTER TABLE a ADD COLUMN ü int,\n" +
    "  ADD COLUMN é int, ADD CHECK (ü > 0);";

  const [finding] = await findIn(sql);

  equal(finding?.code, "constraint-missing-not-valid");
  deepEqual(finding?.location, { path: "001_a.sql", line: 3, column: 25 });
});

Deno.test("lintScript() takes a table of the same file for empty", async () => {
  const codes = await lintSql(`CREATE TABLE orders (a int); ${INDEX}`);

  equal(codes.includes(RULE), false);
});

Deno.test("lintScript() keeps tables of two schemas apart", async () => {
  const codes = await lintSql(`CREATE TABLE app.orders (a int); ${INDEX}`);

  equal(codes.includes(RULE), true);
});

Deno.test("lintScript() follows a new table under its new name", async () => {
  const codes = await lintSql(
    `CREATE TABLE fresh (a int); ALTER TABLE fresh RENAME TO orders; ${INDEX}`,
  );

  equal(codes.includes(RULE), false);
});

Deno.test("lintScript() takes a table of an earlier file for one in use", async () => {
  const schema = new SchemaSoFar();
  await lintSql("CREATE TABLE orders (a int);", { schema });
  schema.startFile();

  const codes = await lintSql(INDEX, { schema });

  equal(codes.includes(RULE), true);
});

Deno.test("lintScript() takes a table of a file that is pending, too, for empty", async () => {
  const schema = new SchemaSoFar();
  await lintSql("CREATE TABLE orders (a int);", { schema });

  const codes = await lintSql(INDEX, { schema });

  equal(codes.includes(RULE), false);
});

Deno.test("lintScript() is kept quiet about the statement that follows", async () => {
  const sql = `SELECT 1;\n-- lockstep: lint-ignore ${RULE}: it is small\n` +
    `${INDEX}\nCREATE INDEX j ON orders (b);`;

  const findings = await findIn(sql);

  deepEqual(
    findings.filter(({ code }) => code === RULE)
      .map(({ location }) => location?.line),
    [4],
  );
});

Deno.test("lintScript() is kept quiet about a file by its header", async () => {
  const sql = `-- lockstep: lint-ignore ${RULE}: they are small\n` +
    `${INDEX}\nCREATE INDEX j ON orders (b);`;

  const codes = await lintSql(sql);

  equal(codes.includes(RULE), false);
});

Deno.test("lintScript() counts what is kept quiet", () => {
  const result = lintScript({
    file: { path: "a.sql", direction: "up" },
    statements: [{
      line: 2,
      column: 1,
      endLine: 2,
      startByte: 30,
      endByte: 50,
      mode: "transactional",
      tree: { kind: "IndexStmt", fields: { relation: { relname: "a" } } },
    }],
    ignoreLines: [{ line: 1, text: ` ${RULE}: because` }],
  }, new SchemaSoFar());

  deepEqual(result, { findings: [], suppressed: 1, faulty: [] });
});

Deno.test("lintScript() demands a reason of a directive", async () => {
  const [finding] = await findIn(
    `-- lockstep: lint-ignore ${RULE}\nSELECT 1;\n${INDEX}`,
  );

  equal(finding?.code, "bad-lint-ignore");
  equal(finding?.severity, "error");
  match(finding?.message ?? "", /no reason/);
});

Deno.test("lintScript() still finds what a directive without reason names", async () => {
  const codes = await lintSql(`-- lockstep: lint-ignore ${RULE}:\n${INDEX}`);

  equal(codes.includes(RULE), true);
});

Deno.test("lintScript() suggests a rule for one that there is not", async () => {
  const [finding] = await findIn(
    "-- lockstep: lint-ignore require-concurrent-index-creaton: small\n",
  );

  equal(finding?.severity, "error");
  equal(finding?.hint, `did you mean "${RULE}"?`);
});

Deno.test("lintScript() obeys the known rules of a directive with an unknown one", async () => {
  const codes = await lintSql(
    `-- lockstep: lint-ignore ${RULE}, no-such-thing: small\n${INDEX}`,
  );

  equal(codes.includes("bad-lint-ignore"), true);
  equal(codes.includes(RULE), false);
});

Deno.test("lintScript() tells of a directive that keeps nothing quiet", async () => {
  const [finding] = await findIn(
    `SELECT 1;\n-- lockstep: lint-ignore ${RULE}: small\nSELECT 2;`,
  );

  equal(finding?.severity, "info");
  equal(finding?.code, "unused-lint-ignore");
  equal(finding?.location?.line, 2);
});

Deno.test("lintScript() tells of a directive behind the last statement", async () => {
  const codes = await lintSql(
    `${INDEX}\n-- lockstep: lint-ignore ${RULE}: small\n`,
  );

  equal(codes.includes("unused-lint-ignore"), true);
});

Deno.test("lintScript() looks only at what a rollback can do better", async () => {
  const codes = await lintSql(`DROP INDEX i; ${INDEX}`, {
    file: { direction: "down" },
  });

  equal(codes.includes("require-concurrent-index-deletion"), false);
  equal(codes.includes(RULE), true);
});

Deno.test("readLintScript() warns of what the grammar does not know", async () => {
  const [finding] = await findIn("SELECT 1;\nALTER TABEL a;");

  equal(finding?.code, "unknown-statement");
  equal(finding?.location?.line, 2);
});
