import { equal, ok } from "node:assert/strict";
import {
  followRun,
  renderStatusLine,
  type RunState,
} from "../../../src/cli/status_line.ts";
import type { Blockage } from "../../../src/core/blocker.ts";
import type { RunEvent } from "../../../src/core/outcome.ts";
import type { Step } from "../../../src/core/plan/plan.ts";
import { displayWidth } from "../../../src/report/layout.ts";
import { PLAIN } from "../report/sample_reports.ts";

const STEP: Step = {
  direction: "migrate",
  version: "003",
  name: "index",
  origin: { kind: "kept", path: "a.sql", checksum: "" },
  checksum: "",
  filePath: "a.sql",
  dependencies: [],
  directives: {},
};

const BLOCKAGE: Blockage = {
  awaits: { kind: "relation", mode: "ShareLock", relation: "t" },
  waitedMs: 2_000,
  blockers: [
    { kind: "session", processId: 7, details: "seen", blockers: [] },
  ],
  omitted: 0,
};

const START: readonly RunEvent[] = [
  { type: "run_started", steps: [STEP, STEP, STEP, STEP] },
  { type: "step_started", step: STEP, number: 3, of: 4 },
];

/** The line after these events, each a second after the one before. */
function lineAfter(events: readonly RunEvent[], columns?: number): string {
  let state: RunState | undefined;
  events.forEach((event, index) => {
    state = followRun(state, event, index * 1_000);
  });
  if (state === undefined) return "";
  return renderStatusLine(state, { ...PLAIN, columns }, events.length * 1_000);
}

Deno.test("renderStatusLine() shows a bar, the migration and the time", () => {
  equal(lineAfter(START), "██████████░░░░░░░░░░ 3/4 0:02 003_index");
});

Deno.test("renderStatusLine() has a bar of ASCII and a short one", () => {
  const state: RunState = { startedAt: 0, done: 1, of: 2, label: "a" };
  const theme = { ...PLAIN, symbols: "ascii", columns: 40 } as const;

  equal(renderStatusLine(state, theme, 3_725_000), "[####----] 2/2 1:02:05 a");
});

Deno.test("renderStatusLine() shows the statement until there is a phase", () => {
  const working = {
    type: "working",
    step: STEP,
    statement: "UPDATE t\u001b[31m",
    elapsedMs: 1_000,
  } as const;
  const phase = { command: "VACUUM", name: "scanning heap", percent: 4 };

  ok(lineAfter([...START, working]).endsWith("  UPDATE t\\x1b[31m"));
  ok(
    lineAfter([...START, { ...working, phase }])
      .endsWith("  4% scanning heap, VACUUM"),
  );
});

Deno.test("renderStatusLine() says how long a wait has lasted, until it is over", () => {
  const blocked = { type: "blocked", step: STEP, blockage: BLOCKAGE } as const;
  const unblocked = { type: "unblocked", step: STEP, waitedMs: 1 } as const;

  ok(lineAfter([...START, blocked]).endsWith("  blocked for 0:03 by pid 7"));
  ok(lineAfter([...START, blocked, unblocked]).endsWith(" 003_index"));
});

Deno.test("renderStatusLine() forgets what the step before was at", () => {
  const blocked = { type: "blocked", step: STEP, blockage: BLOCKAGE } as const;
  const outcome = {
    direction: "migrate",
    version: "003",
    name: "index",
    path: "a.sql",
    status: "done",
  } as const;

  const line = lineAfter([...START, blocked, {
    type: "step_finished",
    outcome,
  }]);

  equal(line, "███████████████░░░░░ 4/4 0:04 003_index");
});

Deno.test("renderStatusLine() leaves the last column of the terminal free", () => {
  const step = { ...STEP, name: "日本".repeat(40) };
  const events: readonly RunEvent[] = [
    { type: "run_started", steps: [step] },
    { type: "step_started", step, number: 1, of: 1 },
  ];

  for (const columns of [20, 39, 80, 81]) {
    const width = displayWidth(lineAfter(events, columns));
    ok(width < columns && width > columns - 4, `${width} of ${columns}`);
  }
});

Deno.test("followRun() knows nothing outside a run", () => {
  equal(
    followRun(undefined, { type: "cancelling", signal: "SIGINT" }, 0),
    undefined,
  );
});
