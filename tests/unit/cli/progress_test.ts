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

function progress(statusLine: "shown" | "none" = "none"): {
  readonly output: { text: string; time: number };
  readonly tell: (event: RunEvent) => void;
  readonly end: () => void;
} {
  const output = { text: "", time: 0 };
  const progress = new Progress({
    theme: PLAIN,
    statusLine,
    write: (text) => void (output.text += text),
    now: () => output.time,
  });
  return { output, tell: progress.tell, end: () => progress.end() };
}

const START: RunEvent = { type: "run_started", steps: [STEP] };
const STEP_START: RunEvent = {
  type: "step_started",
  step: STEP,
  number: 1,
  of: 1,
};
const NOTICE: RunEvent = {
  type: "notice",
  step: STEP,
  notice: { severity: "NOTICE", message: "one" },
};
const BLOCKED: RunEvent = {
  type: "blocked",
  step: STEP,
  blockage: {
    awaits: { kind: "relation", mode: "ShareLock", relation: "t" },
    waitedMs: 1_000,
    blockers: [
      { kind: "session", processId: 7, details: "seen", blockers: [] },
    ],
    omitted: 0,
  },
};

function working(elapsedMs: number, hasPhase: "phase" | "none"): RunEvent {
  const phase = { command: "VACUUM", name: "scanning heap", percent: 4 };
  return {
    type: "working",
    step: STEP,
    statement: "VACUUM t",
    elapsedMs,
    ...(hasPhase === "phase" && { phase }),
  };
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

Deno.test("Progress.tell() tells what server is waited for, not too often", () => {
  const { output, tell } = progress();
  const waiting = {
    type: "server_waiting",
    server: 'database "app" on db:5432',
    reason: "the connection was refused",
  } as const;

  for (const time of [0, 1000, 9000, 12_000]) {
    output.time = time;
    tell(waiting);
  }
  tell({ type: "lock_waiting", holder: undefined });

  const line =
    'Waiting for database "app" on db:5432: the connection was refused\n';
  equal(output.text, `${line}${line}Waiting for another run\n`);
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

Deno.test("Progress.tell() shows who blocks, and the end of the wait", () => {
  const { output, tell } = progress();

  tell(BLOCKED);
  tell({ type: "unblocked", step: STEP, waitedMs: 12_300 });

  equal(
    output.text,
    "  BLOCKED: has waited 1.00 s for ShareLock on t, behind\n" +
      "    pid 7, from a local socket\n" +
      "  Going on after 12.30 s of waiting\n",
  );
});

Deno.test("Progress.tell() shows the phase at most every 10 seconds", () => {
  const { output, tell } = progress();

  tell(working(1_000, "phase"));
  output.time = 9_999;
  tell(working(11_000, "phase"));
  output.time = 10_000;
  tell(working(11_001, "phase"));

  equal(
    output.text,
    "  Running for 1.00 s: 4% scanning heap, VACUUM\n" +
      "  Running for 11.00 s: 4% scanning heap, VACUUM\n",
  );
});

Deno.test("Progress.tell() shows a statement without phases after a minute", () => {
  const { output, tell } = progress();

  tell(working(59_999, "none"));
  tell(working(60_000, "none"));
  output.time = 30_000;
  tell(working(90_000, "none"));

  equal(output.text, "  Running for 1 min 0 s: VACUUM t\n");
});

Deno.test("Progress.tell() shows long statements ever more rarely", () => {
  const { output, tell } = progress();

  tell(working(3_600_000, "phase"));
  output.time = 359_000;
  tell(working(3_959_000, "phase"));

  equal(output.text.split("\n").length, 2);
});

Deno.test("Progress.tell() shows no phase of a statement that is blocked", () => {
  const { output, tell } = progress();

  tell(START);
  tell(BLOCKED);
  const before = output.text;
  tell(working(70_000, "phase"));

  equal(output.text, before);
});

const LINE = "░░░░░░░░░░░░░░░░░░░░ 1/1 0:00";

Deno.test("Progress.tell() draws one line anew where it can", () => {
  const { output, tell } = progress("shown");

  tell(START);
  tell(STEP_START);

  equal(
    output.text,
    `Applying 1 migration\n${LINE}\r\x1b[K${LINE} 001_a`,
  );
});

Deno.test("Progress.tell() names the step above the first line of it", () => {
  const { output, tell } = progress("shown");
  tell(START);
  tell(STEP_START);
  output.text = "";

  tell(NOTICE);
  tell(NOTICE);

  equal(
    output.text,
    `\r\x1b[K[1/1] 001_a\n  NOTICE: one\n${LINE} 001_a` +
      `\r\x1b[K  NOTICE: one\n${LINE} 001_a`,
  );
});

Deno.test("Progress.tell() puts the phase into the line alone", () => {
  const { output, tell } = progress("shown");
  tell(START);
  tell(STEP_START);
  output.text = "";

  tell(working(1_000, "phase"));

  equal(output.text, `\r\x1b[K${LINE} 001_a  4% scanning heap, VACUUM`);
});

Deno.test("Progress.end() leaves nothing of the line", () => {
  const { output, tell, end } = progress("shown");
  tell(START);
  output.text = "";

  end();
  end();

  equal(output.text, "\r\x1b[K");
});

Deno.test("Progress.end() writes nothing where no line was drawn", () => {
  const { output, end } = progress("shown");

  end();

  equal(output.text, "");
});
