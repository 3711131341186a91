import { equal } from "node:assert/strict";
import { renderLocks } from "../../../src/report/locks_text.ts";
import { UNPAINTED } from "../../../src/report/theme.ts";
import { LOCKS } from "./sample_lints.ts";

Deno.test("renderLocks() lists statements by file, with what they stop", () => {
  equal(
    renderLocks(LOCKS, UNPAINTED),
    `migrations/001_a.sql
  3: CREATE INDEX i
    t: SHARE, stops writes while an index is built
    instead: use CREATE INDEX CONCURRENTLY
  4: INSERT INTO t, and 2 more statements like it
    t: ROW EXCLUSIVE
  7: ALTER TABLE u
    u: ACCESS EXCLUSIVE, stops reads and writes while all of it may be written anew
    v (4.0 kB, about 7 rows; 1 row written and 2 scans so far): ACCESS EXCLUSIVE, stops reads and writes until the end of the transaction
    w: ACCESS EXCLUSIVE, made here
  8: SET a
    locks no table
migrations/002_b.sql
  1: DO
    unknown: it can lock anything
`,
  );
});
