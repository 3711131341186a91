import { equal, ok } from "node:assert/strict";
import { Progress } from "../../../src/cli/progress.ts";
import { ExecutionError } from "../../../src/errors.ts";
import type { RunEvent } from "../../../src/core/outcome.ts";
import type { Step } from "../../../src/core/plan/plan.ts";
import { PLAIN } from "../report/sample_reports.ts";

const STEP: Step = {
  direction: "migrate",
  version: "001",
  name: "a",
  origin: { kind: "kept", path: "a.sql", checksum: "" },
  checksum: "",
  filePath: "a.sql",
  dependencies: [],
  directives: {},
};

function progress(): {
  readonly output: { text: string; time: number };
  readonly tell: (event: RunEvent) => void;
} {
  const output = { text: "", time: 0 };
  const { tell } = new Progress({
    theme: PLAIN,
    statusLine: "none",
    write: (text) => void (output.text += text),
    now: () => output.time,
  });
  return { output, tell };
}

Deno.test("Progress.tell() tells the steps of a run", () => {
  const { output, tell } = progress();

  tell({ type: "run_started", steps: [STEP, STEP] });
  tell({ type: "step_started", step: STEP, number: 1, of: 2 });
  tell({ type: "step_started", step: STEP, number: 2, of: 2, resumedAt: 3 });

  equal(
    output.text,
    "Applying 2 migrations\n[1/2] 001_a\n[2/2] 001_a, going on at statement 4\n",
  );
});

Deno.test("Progress.tell() tells what keeps a step out, and when it is tried again", () => {
  const { output, tell } = progress();

  tell({
    type: "step_retrying",
    step: STEP,
    attempt: 2,
    pauseMs: 1500,
    error: new ExecutionError("statement_failed", "no", {
      remains: "nothing",
      location: { path: "a.sql", line: 3, column: 5 },
    }),
  });

  equal(
    output.text,
    "  BLOCKED: no (a.sql:3:5)\n    rolled back; try 3 in 1.50 s\n",
  );
});

Deno.test("Progress.tell() shows a notice with severity, place and detail", () => {
  const { output, tell } = progress();

  tell({
    type: "notice",
    step: STEP,
    notice: {
      severity: "WARNING",
      message: "one\ntwo\u001b[31m",
      detail: "three",
      hint: "four",
      location: { path: "a.sql", line: 3, column: 5 },
    },
  });

  equal(
    output.text,
    "  WARNING: one (a.sql:3:5)\n    two\\x1b[31m\n    detail: three\n    hint: four\n",
  );
});

Deno.test("Progress.tell() names the holder, at most every 10 seconds", () => {
  const { output, tell } = progress();
  const holder = { processId: 7, application: "psql\n" };

  tell({ type: "lock_waiting", holder });
  output.time = 9_999;
  tell({ type: "lock_waiting", holder });
  output.time = 10_000;
  tell({ type: "lock_waiting", holder: undefined });

  equal(
    output.text,
    "Waiting for another run: pid 7, psql\\n, from a local socket\nWaiting for another run\n",
  );
});

Deno.test("Progress.tell() shows a single value beside its name", () => {
  const { output, tell } = progress();

  tell({
    type: "rows",
    step: STEP,
    fields: ["status"],
    rows: [["Migration 004 completed successfully"]],
    isTruncated: false,
  });

  equal(output.text, "  status: Migration 004 completed successfully\n");
});

Deno.test("Progress.tell() shows rows as a table and says when more exist", () => {
  const { output, tell } = progress();

  tell({
    type: "rows",
    step: STEP,
    fields: ["id", "name"],
    rows: [["1", "a\tb"], ["22", undefined]],
    isTruncated: true,
  });

  equal(output.text, "  id  name\n  1   a\\tb\n  22\n  and more rows\n");
});

Deno.test("Progress.tell() says once that it cancels", () => {
  const { output, tell } = progress();

  tell({ type: "cancelling", signal: "SIGINT" });
  tell({ type: "cancelling", signal: "SIGINT" });

  equal(output.text.split("\n").length, 2);
  ok(output.text.startsWith("Cancelling after SIGINT"));
});

Deno.test("Progress.tell() leaves a finished step to the report", () => {
  const { output, tell } = progress();

  tell({
    type: "step_finished",
    outcome: {
      direction: "migrate",
      version: "001",
      name: "a",
      path: "a.sql",
      status: "done",
    },
  });

  equal(output.text, "");
});
