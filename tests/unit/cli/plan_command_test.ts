import { deepEqual, equal, ok } from "node:assert/strict";
import { PLAN } from "../report/sample_reports.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

function planning(steps = PLAN.steps) {
  return fakeManager({
    migrate: () => Promise.resolve({ ...PLAN, steps }),
  });
}

Deno.test("plan shows segments, counts and reasons without the SQL", async () => {
  const { code, host } = await runWith({ args: ["plan"] }, planning());

  equal(code, 0);
  ok(host.written.stdout.includes("CREATE INDEX CONCURRENTLY at line 14"));
  ok(!host.written.stdout.includes("CREATE TABLE"), host.written.stdout);
});

Deno.test("plan --sql shows the SQL", async () => {
  const { host } = await runWith({ args: ["plan", "--sql"] }, planning());

  ok(host.written.stdout.includes("9 | CREATE TABLE a ("));
});

Deno.test("plan --json has counts instead of statements", async () => {
  const { host } = await runWith({ args: ["plan", "--json"] }, planning());

  const { steps: [step] } = JSON.parse(host.written.stdout);
  equal(step.segments[1].statementCount, 1);
  equal("statements" in step.segments[1], false);
});

Deno.test("plan --exit-code exits 3 only when something is pending", async () => {
  const args = ["plan", "--exit-code"];
  const codes = [
    (await runWith({ args }, planning())).code,
    (await runWith({ args }, planning([]))).code,
    (await runWith({ args: ["plan"] }, planning())).code,
  ];

  deepEqual(codes, [3, 0, 0]);
});

Deno.test("plan --force asks for a plan that goes past findings", async () => {
  const asked: unknown[] = [];
  const manager = fakeManager({
    migrate: (options) => {
      asked.push(options);
      return Promise.resolve(PLAN);
    },
  });

  await runWith({ args: ["plan", "--force"] }, manager);
  await runWith({ args: ["plan"] }, manager);

  deepEqual(asked, [
    { dryRun: true, force: true },
    { dryRun: true, force: false },
  ]);
});
