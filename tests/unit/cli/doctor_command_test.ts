import { equal, ok } from "node:assert/strict";
import type { DoctorReport } from "../../../src/core/doctor/verdict.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { HEALTHY, SICK } from "../report/sample_reports.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

async function examine(report: DoctorReport) {
  const fake = fakeManager({ examine: () => Promise.resolve(report) });
  const { code, host } = await runWith({ args: ["doctor"] }, fake);
  return { code, ...host.written };
}

Deno.test("doctor exits 0 when nothing is wrong", async () => {
  const { code, stdout } = await examine(HEALTHY);

  equal(code, 0);
  ok(stdout.endsWith("Nothing is in the way of a migration.\n"), stdout);
});

Deno.test("doctor exits 0 when there are only warnings", async () => {
  const checks = SICK.checks.filter(({ state }) => state === "warning");

  const { code, stdout } = await examine({ ...SICK, success: true, checks });

  equal(code, 0);
  ok(stdout.endsWith("\n1 warning.\n"), stdout);
});

Deno.test("doctor exits 3 when there is a problem", async () => {
  equal((await examine(SICK)).code, 3);
});

Deno.test("doctor exits 7 when the server cannot be reached", async () => {
  const error = new ConnectionError("cannot_connect", "Cannot connect");

  const { code, stderr } = await examine({ ...SICK, error });

  equal(code, 7);
  ok(stderr.includes("error[cannot_connect]"), stderr);
});
