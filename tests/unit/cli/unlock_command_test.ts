import { deepEqual, equal, ok } from "node:assert/strict";
import type { UnlockReport } from "../../../src/core/unlock_report.ts";
import { LOCKED, UNLOCKED } from "../report/sample_reports.ts";
import type { FakeProcess } from "./fake_host.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const HOLDER = LOCKED.sessions.filter(({ role }) => role === "holder");

async function unlock(
  process: FakeProcess & { readonly args: readonly string[] },
  before: UnlockReport = LOCKED,
) {
  const asked: unknown[] = [];
  const fake = fakeManager({
    unlock(options) {
      asked.push(options?.terminate);
      return Promise.resolve(options === undefined ? before : UNLOCKED);
    },
  });
  const args = ["unlock", ...process.args];
  const { code, host } = await runWith({ ...process, args }, fake);
  return { code, asked, ...host.written };
}

Deno.test("unlock shows who holds the lock and exits 0", async () => {
  const { code, asked, stdout } = await unlock({ args: [] });

  equal(code, 0);
  deepEqual(asked, [undefined]);
  ok(stdout.includes("pid 4711  holds the lock"), stdout);
});

Deno.test("unlock --terminate ends the holder alone after a yes", async () => {
  const { code, asked, stderr } = await unlock({
    args: ["--terminate"],
    terminal: "yes",
    typed: ["yes"],
  });

  equal(code, 0);
  deepEqual(asked, [undefined, HOLDER]);
  ok(stderr.startsWith("pid 4711, user app, "), stderr);
  ok(stderr.includes("\nEnd this session? [yes/no] "), stderr);
});

Deno.test("unlock --terminate --yes does not ask", async () => {
  const { code, asked, stderr } = await unlock({
    args: ["--terminate", "--yes"],
  });

  equal(code, 0);
  deepEqual(asked, [undefined, HOLDER]);
  equal(stderr, "");
});

Deno.test("unlock --terminate ends nothing after a no and exits 4", async () => {
  const { code, asked, stderr } = await unlock({
    args: ["--terminate"],
    terminal: "yes",
    typed: ["no"],
  });

  equal(code, 4);
  deepEqual(asked, [undefined]);
  ok(stderr.includes("[declined]"), stderr);
});

Deno.test("unlock --terminate names --yes where it cannot ask, and shows the holder", async () => {
  const { code, asked, stdout, stderr } = await unlock({
    args: ["--terminate"],
  });

  equal(code, 2);
  deepEqual(asked, [undefined]);
  ok(stdout.includes("pid 4711  holds the lock"), stdout);
  ok(stderr.includes("error[confirmation_needed]"), stderr);
  ok(stderr.includes("--yes"), stderr);
});

Deno.test("unlock --terminate asks nothing when nobody holds the lock", async () => {
  const { code, asked } = await unlock({ args: ["--terminate"] }, UNLOCKED);

  equal(code, 0);
  deepEqual(asked, [undefined]);
});

Deno.test("unlock --pid ends that one of the sessions", async () => {
  const { asked } = await unlock({
    args: ["--terminate", "--pid", "4800", "--yes"],
  });

  deepEqual(asked, [
    undefined,
    LOCKED.sessions.filter(({ processId }) => processId === 4800),
  ]);
});

for (
  const { args, says } of [
    { args: ["--pid", "4711"], says: 'it belongs to "--terminate"' },
    { args: ["--terminate", "--pid", "x"], says: "it is no number" },
    { args: ["--terminate", "--pid", "1"], says: "Cannot end pid 1 as it has" },
  ]
) {
  Deno.test(`unlock refuses ${args.join(" ")}`, async () => {
    const { code, asked, stderr } = await unlock({ args: [...args, "--yes"] });

    equal(code, 2);
    ok(stderr.includes("error[invalid_argument]"), stderr);
    ok(stderr.includes(says), stderr);
    ok(asked.every((terminate) => terminate === undefined));
  });
}

const PROTECTED = {
  files: { "/work/lockstep.toml": "[env.production]\nprotected = true\n" },
  env: { LOCKSTEP_ENV: "production" },
};

Deno.test("unlock --terminate asks for the name of a protected environment, too", async () => {
  const { code, asked, stderr } = await unlock({
    ...PROTECTED,
    args: ["--terminate"],
    terminal: "yes",
    typed: ["yes", "production"],
  });

  equal(code, 0);
  deepEqual(asked, [undefined, HOLDER]);
  ok(stderr.includes("Type its name to end a session: "), stderr);
});

Deno.test("unlock --terminate --yes ends nothing in a protected environment", async () => {
  const { code, asked, stdout, stderr } = await unlock({
    ...PROTECTED,
    args: ["--terminate", "--yes"],
  });

  equal(code, 2);
  deepEqual(asked, [undefined]);
  ok(stdout.includes("pid 4711"), stdout);
  ok(stderr.startsWith("error[protected_environment]"), stderr);
});

Deno.test("unlock --terminate takes --yes-to for the name", async () => {
  const { code, asked } = await unlock({
    ...PROTECTED,
    args: ["--terminate", "--yes", "--yes-to", "production"],
  });

  equal(code, 0);
  deepEqual(asked, [undefined, HOLDER]);
});
