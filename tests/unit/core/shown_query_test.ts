import { equal } from "node:assert/strict";
import { shownQuery } from "../../../src/core/shown_query.ts";

Deno.test("shownQuery() is the first line that has something", () => {
  equal(shownQuery("\n  \r\n  SELECT 1\n  FROM t"), "SELECT 1");
});

Deno.test("shownQuery() leaves out the mark of a run", () => {
  const mark = "/* lockstep 12345 -678 0193-ab 001 */ ";

  equal(
    shownQuery(`${mark}ALTER TABLE t ADD c int`),
    "ALTER TABLE t ADD c int",
  );
});

Deno.test("shownQuery() keeps other comments", () => {
  equal(shownQuery("/* app:web */ SELECT 1"), "/* app:web */ SELECT 1");
});

Deno.test("shownQuery() hides the password of a role", () => {
  equal(
    shownQuery("ALTER ROLE a ENCRYPTED PASSWORD 'it''s' VALID UNTIL 'x'"),
    "ALTER ROLE a ENCRYPTED PASSWORD *** VALID UNTIL 'x'",
  );
});

Deno.test("shownQuery() hides a password that the server cut off", () => {
  equal(
    shownQuery("CREATE USER a password E'sec\\'r"),
    "CREATE USER a password ***",
  );
});

Deno.test("shownQuery() hides a password in dollar quotes", () => {
  equal(
    shownQuery("CREATE USER a PASSWORD $$secret$$"),
    "CREATE USER a PASSWORD ***",
  );
});

Deno.test("shownQuery() is empty where there is nothing", () => {
  equal(shownQuery(""), "");
});
