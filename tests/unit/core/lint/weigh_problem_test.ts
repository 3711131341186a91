import { deepEqual, equal, match } from "node:assert/strict";
import { lintScript } from "../../../../src/core/lint/lint.ts";
import {
  describeSize,
  isTiny,
  type LiveTable,
  TINY_BYTES,
  TINY_ROWS,
} from "../../../../src/core/lint/live_tables.ts";
import { SchemaSoFar } from "../../../../src/core/lint/schema_so_far.ts";
import { readLintScript } from "../../../../src/io/lint_script.ts";

const SMALL: LiveTable = {
  sizeBytes: 8192,
  rows: 3,
  writes: 0,
  scans: 0,
  isPartitioned: false,
};
const BIG: LiveTable = { ...SMALL, sizeBytes: 3 * 1024 ** 3, rows: 4e6 };

/** What lint finds where these are the tables of a server of 18. */
async function find(sql: string, tables: Readonly<Record<string, LiveTable>>) {
  const { script } = await readLintScript({
    path: "a.sql",
    maxStatementBytes: 1_000_000,
    async *open() {
      yield await Promise.resolve(new TextEncoder().encode(sql));
    },
  }, { path: "a.sql", direction: "up" });
  const live = {
    serverMajor: 18,
    find: ({ name }: { readonly name: string }) => tables[name],
  };
  return lintScript(script, new SchemaSoFar(), live).findings
    .filter(({ location }) => location?.line !== undefined);
}

const INDEX = "CREATE INDEX i ON t (a);";

Deno.test("lintScript() makes an error of a tiny table a hint, with its size", async () => {
  const [finding] = await find(INDEX, { t: SMALL });

  equal(finding?.severity, "info");
  match(finding?.message ?? "", /\("t": 8\.0 kB, about 3 rows\)$/);
});

Deno.test("lintScript() leaves an error of a big table one, with its size", async () => {
  const [finding] = await find(INDEX, { t: BIG });

  equal(finding?.severity, "error");
  match(finding?.message ?? "", /\("t": 3\.0 GB, about 4,000,000 rows\)$/);
});

Deno.test("lintScript() leaves an error of a table that is not there one", async () => {
  const [finding] = await find(INDEX, {});

  equal(finding?.severity, "error");
  match(finding?.message ?? "", /builds$/);
});

Deno.test("lintScript() weighs the table that a foreign key reads", async () => {
  const sql = "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u;";

  const [small] = await find(sql, { t: SMALL, u: BIG });
  const [big] = await find(sql, { t: BIG, u: SMALL });

  equal(small?.severity, "info");
  equal(big?.severity, "error");
});

Deno.test("lintScript() weighs what an UPDATE changes", async () => {
  const [finding] = await find("UPDATE t SET a = 1;", { t: SMALL });

  equal(finding?.severity, "info");
});

Deno.test("lintScript() does not weigh what has nothing to do with size", async () => {
  const [finding] = await find("ALTER TABLE t RENAME TO u;", { t: SMALL });

  equal(finding?.severity, "error");
});

Deno.test("lintScript() says what the server at hand can do", async () => {
  const [finding] = await find("ALTER TABLE t ALTER a SET NOT NULL;", {
    t: BIG,
  });

  match(finding?.hint ?? "", /NOT NULL … NOT VALID/);
});

Deno.test("isTiny() needs few rows and few bytes", () => {
  deepEqual([
    isTiny({ ...SMALL, rows: TINY_ROWS - 1, sizeBytes: TINY_BYTES - 1 }),
    isTiny({ ...SMALL, rows: TINY_ROWS }),
    isTiny({ ...SMALL, sizeBytes: TINY_BYTES }),
  ], [true, false, false]);
});

Deno.test("describeSize() leaves out rows that nobody has counted", () => {
  equal(
    describeSize({ sizeBytes: 0, writes: 0, scans: 0, isPartitioned: false }),
    "0 bytes",
  );
  equal(describeSize({ ...SMALL, rows: 1 }), "8.0 kB, about 1 row");
});
