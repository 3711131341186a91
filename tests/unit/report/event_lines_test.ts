import { deepEqual, equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Blocker } from "../../../src/core/blocker.ts";
import type { RunEvent } from "../../../src/core/outcome.ts";
import type { Step } from "../../../src/core/plan/plan.ts";
import { renderEventLine } from "../../../src/report/json.ts";
import { reportSchema } from "../../../src/report/json_schema.ts";
import { BACKUP_FILE } from "./sample_backups.ts";
import { SERVER_ERROR, UNSAFE } from "./sample_errors.ts";
import { FAILED_RUN } from "./sample_reports.ts";

const STEP: Step = {
  direction: "migrate",
  version: "001",
  name: "a",
  origin: { kind: "kept", path: "migrations/001_a.sql", checksum: "0123" },
  checksum: "0123",
  filePath: "migrations/001_a.sql",
  dependencies: [],
  directives: {},
};

const BLOCKER: Blocker = {
  kind: "session",
  processId: 7,
  user: "app",
  address: "10.0.0.1",
  state: "active",
  transactionMs: 12.5,
  query: "ALTER ROLE app PASSWORD = 'hunter2'",
  details: "seen",
  awaits: { kind: "relation", mode: "ShareLock", relation: "public.a" },
  blockers: [{
    kind: "prepared",
    preparedAs: "x",
    details: "hidden",
    blockers: [],
    isRepeated: true,
  }],
};

/** One event of each type at least. */
const EVENTS: readonly RunEvent[] = [
  { type: "server_waiting", server: "db", reason: "it starts" },
  { type: "lock_waiting", holder: undefined },
  { type: "lock_waiting", holder: { processId: 7, user: "app" } },
  { type: "runner_waiting", holder: { processId: 7 } },
  { type: "backup_started", reason: undefined },
  { type: "backup_started", reason: "--backup is always" },
  { type: "backup_finished", file: BACKUP_FILE },
  { type: "restore_started", path: "backups/a.dump", target: "database a" },
  { type: "run_started", steps: [STEP] },
  { type: "step_started", step: STEP, number: 1, of: 2, resumedAt: 3 },
  {
    type: "notice",
    step: STEP,
    notice: {
      severity: "WARNING",
      message: "\u001b[31m postgres://u:hunter2@h",
      detail: "d",
      location: { path: "a.sql", line: 1 },
    },
  },
  { type: "notices_dropped", step: STEP, dropped: 3 },
  {
    type: "rows",
    step: STEP,
    fields: ["a", "b"],
    rows: [["1", undefined]],
    isTruncated: false,
  },
  {
    type: "step_retrying",
    step: STEP,
    attempt: 1,
    pauseMs: 200,
    error: SERVER_ERROR,
  },
  {
    type: "blocked",
    step: STEP,
    blockage: {
      awaits: { kind: "relation", mode: "ShareLock" },
      waitedMs: 1000,
      blockers: [BLOCKER],
      omitted: 0,
    },
  },
  { type: "unblocked", step: STEP, waitedMs: 12 },
  {
    type: "working",
    step: STEP,
    statement: "CREATE INDEX",
    elapsedMs: 1000,
    phase: {
      command: "CREATE INDEX",
      name: "building",
      amount: { done: 1, total: 2, unit: "block" },
      percent: 50,
    },
  },
  ...FAILED_RUN.steps.map((outcome) => ({
    type: "step_finished" as const,
    outcome,
  })),
  { type: "cancelling", signal: "SIGINT" },
];

const TIME = "2026-11-22T18:04:05.678Z";
const validate = new Ajv2020().compile(reportSchema());

for (const event of EVENTS) {
  Deno.test(`renderEventLine() of ${event.type} is one safe line that keeps the schema`, () => {
    const text = renderEventLine(event, TIME);

    ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
    equal(text.indexOf("\n"), text.length - 1);
    ok(!UNSAFE.test(text), text);
    ok(!text.includes("hunter2"), text);
  });
}

Deno.test("renderEventLine() says what, when, and of which migration", () => {
  const event = { type: "unblocked", step: STEP, waitedMs: 12 } as const;

  deepEqual(JSON.parse(renderEventLine(event, TIME)), {
    schemaVersion: 1,
    type: "event",
    time: TIME,
    event: "unblocked",
    step: {
      direction: "migrate",
      version: "001",
      name: "a",
      path: "migrations/001_a.sql",
    },
    waitedMs: 12,
  });
});

Deno.test("the schema has no event that the samples lack", () => {
  const { $defs } = JSON.parse(JSON.stringify(reportSchema()));
  const words = $defs.event.oneOf.map((
    one: { properties: { event: { const: string } } },
  ) => one.properties.event.const);

  deepEqual(
    new Set(words),
    new Set(EVENTS.map(({ type }) => type)),
  );
});
