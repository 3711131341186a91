import { equal } from "node:assert/strict";
import {
  copySql,
  dataFolder,
  sqlOfSequence,
  sqlOfStep,
} from "../../../../src/core/backup/copy_scripts.ts";

const TABLE = {
  kind: "table",
  name: "s.t",
  role: "replace" as const,
  parts: {
    create: "CREATE;",
    early: "EARLY;",
    owner: "OWNER;",
    comment: "COMMENT;",
    privileges: "GRANT;",
  },
};
const HELD = { objects: [TABLE, { ...TABLE, kind: "view" }], sequences: [] };

for (
  const [step, expected] of [
    [{ do: "create", object: 0, part: "main" }, "CREATE;\nOWNER;\nCOMMENT;"],
    [{ do: "create", object: 0, part: "early" }, "EARLY;"],
    [{ do: "create", object: 0, part: "late" }, ""],
    [{ do: "create", object: 0, part: "privileges" }, "GRANT;"],
    [
      { do: "create", object: 1, part: "main" },
      "CREATE;\nOWNER;\nCOMMENT;\nGRANT;",
    ],
    [{ do: "refresh", object: 1 }, "REFRESH MATERIALIZED VIEW s.t;"],
    [{ do: "attach", object: 0, sql: "ATTACH;" }, "ATTACH;"],
    [{ do: "load", table: 0 }, ""],
  ] as const
) {
  Deno.test(`sqlOfStep() of ${JSON.stringify(step)}`, () => {
    equal(sqlOfStep(step, HELD), expected);
  });
}

Deno.test("copySql() names columns where there are any, and the encoding", () => {
  equal(
    copySql({ name: "t", columns: ["a", '"b c"'] }, "TO STDOUT", "UTF8"),
    `COPY t (a, "b c") TO STDOUT WITH (ENCODING 'UTF8')`,
  );
  equal(
    copySql({ name: "t", columns: [] }, "FROM STDIN", "LATIN1"),
    "COPY t FROM STDIN WITH (ENCODING 'LATIN1')",
  );
});

Deno.test("sqlOfSequence() sets a sequence of any name", () => {
  equal(
    sqlOfSequence({ name: `s."it's"`, value: "-9", isCalled: false }),
    `SELECT pg_catalog.setval('s."it''s"', -9, false);`,
  );
});

Deno.test("dataFolder() sorts as its number does", () => {
  equal(dataFolder(0), "data/00001");
});
