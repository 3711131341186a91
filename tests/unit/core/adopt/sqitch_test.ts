import { deepEqual } from "node:assert/strict";
import { hash } from "node:crypto";
import { sqitch } from "../../../../src/core/adopt/sqitch.ts";
import { parseSqitchPlan } from "../../../../src/core/adopt/sqitch_plan.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const PLAN = `%syntax-version=1.0.0
%project=flipr
%uri=https://example.com/flipr/

appschema 2024-01-01T10:00:00Z Marge N. O'Vera <marge@example.com> # Adds it
users [appschema] 2024-01-02T10:00:00Z Marge <marge@example.com> # [users]
@v1.0.0 2024-01-03T10:00:00Z Marge <marge@example.com> # Tag v1.0.0.

users [users@v1.0.0] 2024-01-04T10:00:00Z Marge <marge@example.com> # again
`;

const FILES = {
  "sqitch.plan": PLAN,
  "deploy/appschema.sql": "BEGIN;\nCREATE SCHEMA app;\nCOMMIT;\n",
  "revert/appschema.sql": "BEGIN;\nDROP SCHEMA app;\nCOMMIT;\n",
  "verify/appschema.sql": "SELECT 1;\n",
  "deploy/users@v1.0.0.sql": "SELECT 'old';\n",
  "revert/users@v1.0.0.sql": "SELECT 'before';\n",
  "deploy/users.sql": "SELECT 'new';\n",
  "revert/users.sql": "SELECT 'old';\n",
  "src/deploy/x.sql": "SELECT 1;\n",
};

function row(change: string, plannedAt: string, sql: string) {
  return {
    change_id: "x",
    change,
    project: "flipr",
    script_hash: hash("sha1", sql, "hex"),
    committed_at: "2024-02-01T10:00:00+00:00",
    planned_at: plannedAt,
  };
}

Deno.test("parseSqitchPlan() finds changes, their times and their tags", () => {
  deepEqual(parseSqitchPlan(PLAN), {
    project: "flipr",
    changes: [
      {
        name: "appschema",
        plannedAt: "2024-01-01T10:00:00Z",
        reworkTags: [],
      },
      {
        name: "users",
        plannedAt: "2024-01-02T10:00:00Z",
        reworkTags: ["v1.0.0"],
      },
      { name: "users", plannedAt: "2024-01-04T10:00:00Z", reworkTags: [] },
    ],
  });
});

Deno.test("sqitch.read() finds reworked scripts and compares their SHA-1", () => {
  const reading = readTool(sqitch, {
    files: FILES,
    history: [
      row(
        "appschema",
        "2024-01-01T11:00:00+01:00",
        FILES["deploy/appschema.sql"],
      ),
      row("users", "2024-01-02T10:00:00+00:00", "SELECT 'edited';\n"),
    ],
  });

  deepEqual(outline(reading), [
    "20240101100000 appschema applied same",
    "20240102100000 users applied changed",
    "20240104100000 users pending none",
  ]);
  deepEqual(sqlOf(reading, 1), {
    up: "SELECT 'old';",
    down: "SELECT 'before';",
  });
  deepEqual(reading.left, [{
    path: "verify/appschema.sql",
    what: "a verify script",
  }]);
});

Deno.test("sqitch.read() leaves other projects, and names a missing script", () => {
  const reading = readTool(sqitch, {
    files: { "sqitch.plan": PLAN },
    history: [{
      ...row("x", "2024-01-01T10:00:00Z", ""),
      project: "other",
    }],
  });

  deepEqual(codes(reading), [
    "not_adoptable",
    "not_adoptable",
    "not_adoptable",
    "other_project",
  ]);
});

Deno.test("sqitch.read() needs a plan", () => {
  deepEqual(codes(readTool(sqitch, {})), ["not_adoptable"]);
});
