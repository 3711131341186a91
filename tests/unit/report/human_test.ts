import { deepEqual, equal, ok } from "node:assert/strict";
import type { DoctorReport } from "../../../src/core/doctor/verdict.ts";
import type { Report } from "../../../src/core/report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { renderMessages, renderResult } from "../../../src/report/human.ts";
import { displayWidth } from "../../../src/report/layout.ts";
import type { Theme } from "../../../src/report/theme.ts";
import { FILE_ERROR, UNSAFE } from "./sample_errors.ts";
import {
  EMPTY_RUN,
  FAILED_RUN,
  PLAIN,
  PLAN,
  REPORTS,
  ROLLBACK_RUN,
  SICK,
  STATUS,
} from "./sample_reports.ts";

Deno.test("renderResult() shows each step of a run and the sum", () => {
  equal(
    renderResult(FAILED_RUN, "normal", PLAIN),
    `target: app on localhost:5432
✓  001_initial_schema                        42 ms  12 statements
✗  002_add_indexes                          1.31 s    1 statement  failed, undone
·  003_ml_\\x1b[31mx\\nerror[y]: z\\u202e\\x85                         not run
Applied 1 of 3 migrations in 1.35 s, 1 failed, 1 not run.
`,
  );
});

Deno.test("renderResult() says when there is nothing to do", () => {
  equal(
    renderResult(EMPTY_RUN, "normal", PLAIN),
    "target: app on localhost:5432\nNothing to apply.\n",
  );
});

Deno.test("renderResult() says when the SQL came from the kept copy", () => {
  equal(
    renderResult(ROLLBACK_RUN, "normal", { ...PLAIN, symbols: "ascii" }),
    `target: app on localhost:5432
+  003_ml  9 ms  2 statements  from the kept copy
Rolled back 1 migration in 9 ms.
`,
  );
});

Deno.test("renderResult() shows a plan with segments, reasons and SQL", () => {
  equal(
    renderResult(PLAN, "normal", PLAIN),
    `target: app on localhost:5432
[1/2] apply 002_add_indexes
  migrations/002_add_indexes.sql
  goes on at statement 2
  in one transaction, 3 statements
   9 | CREATE TABLE a (
  10 |   id int DEFAULT f(1,
     | 2)
  11 | )
  and 2 more statements
  outside a transaction, 1 statement: CREATE INDEX CONCURRENTLY at line 14
  14 | CREATE INDEX CONCURRENTLY i ON a (id)

[2/2] apply 003_empty
  migrations/003_empty.sql, the copy kept in the database
  no statements: it is only recorded

Would apply 2 migrations. Nothing was changed.
`,
  );
});

Deno.test("renderResult() fits a status into 80 columns", () => {
  equal(
    renderResult(STATUS, "normal", { ...PLAIN, columns: 80 }),
    `target: app on localhost:5432
1 applied, 1 pending, 1 failed, 1 rolled back
1 without rollback
locked by pid 4711, user app, \\x1b[31mx\\nerror[y]: z\\u202e\\x85, from 10.0.0.3, since 2026-11-22T18:00:00Z

   migration                  state           when                took  rollback
✓  000_initial_state          baseline        2025-01-05 10:00Z         none
✓  001_initial_schema         applied         2026-11-22 18:04Z  42 ms  file
    rollback undone at 2026-11-22 18:10Z: locked \\x1b[31mx (55P03)
!  002_add_indexes            partly applied  2026-11-22 18:05Z         kept
    statements committed: 3
    2026-11-22 18:07Z: boom \\x1b[31mx (42P01)
·  003_ml\\x1b[31mx\\nerror[y…  rolled back     2026-11-22 18:06Z         file
    reason: wrong index
·  20250105120000_a_name_th…  pending                                   none
`,
  );
});

Deno.test("renderResult() prints nothing but what was asked for when quiet", () => {
  const loud = REPORTS.filter((report) =>
    renderResult(report, "quiet", PLAIN) !== ""
  );

  deepEqual(loud.map(({ kind }) => kind), [
    "schema",
    "test_database",
    "test_database",
    "init",
    "config",
    "version",
    "completions",
    "help",
  ]);
});

Deno.test("renderMessages() prints errors and no warnings when quiet", () => {
  const text = renderMessages(FAILED_RUN, "quiet", PLAIN);

  ok(text.startsWith("error[statement_failed]"));
  ok(!text.includes("warning["));
});

Deno.test("renderMessages() shows what --force went past", () => {
  const text = renderMessages(FAILED_RUN, "normal", PLAIN);

  ok(text.includes("\nforced[checksum_mismatch]: The file of"));
});

Deno.test("renderMessages() shows all errors of a look at the files", () => {
  const report: Report = { ...PLAN, success: false, error: FILE_ERROR };

  ok(renderMessages(report, "quiet", PLAIN).endsWith("\n3 errors\n"));
});

const NARROW: Theme = { ...PLAIN, columns: 80, symbols: "ascii" };

for (const [index, report] of REPORTS.entries()) {
  Deno.test(`report ${index} (${report.kind}) sends no code to a terminal`, () => {
    const text = renderResult(report, "normal", PLAIN) +
      renderMessages(report, "normal", PLAIN);

    ok(!UNSAFE.test(text), text);
    ok(!/^error\[(y|forged)\]/m.test(text), text);
  });
}

Deno.test("renderResult() of a status has no table line wider than the terminal", () => {
  const wide = renderResult(STATUS, "normal", NARROW).split("\n")
    .filter((line) => displayWidth(line) > 80 && !line.startsWith("locked"));

  deepEqual(wide, []);
});

Deno.test("renderResult() of a status shows who and which file where there is room", () => {
  const [, version] = STATUS.versions;
  const report = {
    ...STATUS,
    versions: version === undefined
      ? []
      : [{ ...version, client: "deploy@app-1" }],
  };
  const wide = renderResult(report, "normal", { ...PLAIN, columns: 120 });
  const narrow = renderResult(report, "normal", { ...PLAIN, columns: 119 });

  ok(
    wide.includes("file      deploy@app-1  migrations/001_initial_schema.sql"),
  );
  ok(!narrow.includes("deploy@app-1"));
});

Deno.test("renderResult() of a status with nothing to be done says so", () => {
  const report = { ...STATUS, versions: [], isOnlyPending: true as const };

  ok(renderResult(report, "normal", PLAIN).endsWith("\nNothing to apply.\n"));
});

Deno.test("renderMessages() leaves an error to the checks of doctor", () => {
  const error = new ConnectionError("cannot_connect", "Cannot connect");
  const report: DoctorReport = {
    ...SICK,
    error,
    checks: [{
      check: "connection",
      state: "problem",
      message: error.message,
    }],
  };

  equal(renderMessages(report, "normal", PLAIN), "");
  ok(renderMessages({ ...SICK, error }, "normal", PLAIN).startsWith("error["));
  ok(renderMessages(report, "quiet", PLAIN).startsWith("error["));
});
