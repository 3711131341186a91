import { equal, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/outcome.ts";
import { run } from "../../../src/cli/run.ts";
import { EMPTY_RUN } from "../report/sample_reports.ts";
import { fakeHost, type FakeProcess } from "./fake_host.ts";
import { fakeManager } from "./fake_manager.ts";

const EVENTS: readonly RunEvent[] = [{ type: "run_started", steps: [] }];
const CLEAR_LINE = "\r\x1b[K";

/** What a run that tells these events leaves on stderr. */
async function messagesOf(given: FakeProcess): Promise<string> {
  const host = fakeHost({ ...given, cwd: "/work" });
  const { open, asked } = fakeManager({
    migrate() {
      for (const event of EVENTS) asked.hooks?.onEvent?.(event);
      return Promise.resolve(EMPTY_RUN);
    },
  });
  equal(await run(host, open), 0, host.written.stderr);
  return host.written.stderr;
}

Deno.test("run() draws the status line on a terminal and clears it at the end", async () => {
  const text = await messagesOf({ args: ["migrate"], terminal: "yes" });

  ok(text.includes(`0:00${CLEAR_LINE}`), JSON.stringify(text));
});

const WITHOUT: Readonly<Record<string, FakeProcess>> = {
  "without a terminal": { args: ["migrate"] },
  "with --quiet": { args: ["migrate", "--quiet"], terminal: "yes" },
  "with --json": { args: ["migrate", "--json"], terminal: "yes" },
  "on a dumb terminal": {
    args: ["migrate"],
    terminal: "yes",
    env: { TERM: "dumb" },
  },
};

for (const [claim, given] of Object.entries(WITHOUT)) {
  Deno.test(`run() draws no status line ${claim}`, async () => {
    const text = await messagesOf(given);

    ok(!text.includes("\r") && !text.includes("\x1b"), JSON.stringify(text));
  });
}
