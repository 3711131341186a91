import { deepEqual, equal, match } from "node:assert/strict";
import {
  judgeFiles,
  judgeHistory,
  judgeLock,
  judgeLog,
  judgeTables,
} from "../../../../src/core/doctor/judge_history.ts";
import type {
  VersionState,
  VersionStatus,
} from "../../../../src/core/report.ts";

const TABLES = { table: "public.s", hasTable: true, missing: [] };

Deno.test("judgeTables() says what is there and what comes", () => {
  match(judgeTables(TABLES).message, /^public\.s and all/);
  match(judgeTables({ ...TABLES, hasTable: false }).message, /not there yet/);
  deepEqual(judgeTables({ ...TABLES, missing: ["log", "view"] }).details, [
    "incomplete or missing: log, view",
  ]);
});

Deno.test("judgeLog() names the rows that do not fit", () => {
  const verdict = judgeLog([{ id: "7", version: "003" }]);

  equal(verdict.state, "problem");
  deepEqual(verdict.details, ["row 7, of version 003"]);
});

Deno.test("judgeLog() is content with a whole chain", () => {
  equal(judgeLog([]).state, "ok");
});

const FINDING = {
  severity: "error",
  code: "bad_name",
  message: "Cannot use it",
  hint: "rename it",
  location: { path: "migrations/x.sql", line: 3 },
} as const;

Deno.test("judgeFiles() shows where each finding is and what to do", () => {
  const verdict = judgeFiles(2, [FINDING]);

  equal(verdict.state, "problem");
  deepEqual(verdict.details, [
    "migrations/x.sql:3: Cannot use it; rename it",
  ]);
});

Deno.test("judgeFiles() passes warnings on as such", () => {
  const { location: _location, ...finding } = FINDING;

  const verdict = judgeFiles(1, [{ ...finding, severity: "warning" }]);

  equal(verdict.state, "warning");
  equal(verdict.message, "1 migration");
});

function version(state: VersionState): VersionStatus {
  return { version: "001", name: state, state, rollback: "none" };
}

for (
  const state of [
    "failed",
    "partly_applied",
    "partly_rolled_back",
    "changed",
    "missing",
    "out_of_order",
  ] as const
) {
  Deno.test(`judgeHistory() finds a problem in a version that is ${state}`, () => {
    equal(judgeHistory([version(state)], "strict").state, "problem");
  });
}

Deno.test("judgeHistory() counts what is applied and what is to apply", () => {
  const states = ["applied", "applied", "pending", "rolled_back", "baseline"];

  const verdict = judgeHistory(
    states.map((state) => version(state as VersionState)),
    "strict",
  );

  deepEqual(verdict, { state: "ok", message: "2 applied, 2 to apply" });
});

Deno.test("judgeHistory() does not mind the order where any will do", () => {
  equal(judgeHistory([version("out_of_order")], "any").state, "ok");
});

Deno.test("judgeLock() names the holder and what is left", () => {
  const verdict = judgeLock([
    {
      role: "holder",
      processId: 7,
      user: "app",
      isSuperuser: false,
      isHidden: false,
    },
  ]);

  equal(verdict.state, "warning");
  deepEqual(verdict.details, [
    "holder: pid 7, user app, from a local socket",
  ]);
});

Deno.test("judgeLock() is content when nobody has to do with it", () => {
  equal(judgeLock([]).state, "ok");
});
