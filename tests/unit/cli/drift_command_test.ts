import { deepEqual, equal, match } from "node:assert/strict";
import { DRIFT, NO_DRIFT } from "../report/sample_schemas.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

Deno.test("drift compares with the stored schema unless told", async () => {
  const { code, host, fake } = await runWith({ args: ["drift"] });

  equal(code, 0);
  match(host.written.stdout, /No drift: 2 objects/);
  deepEqual(fake.asked.calls, [["findDrift", { ignore: [], accept: false }]]);
});

Deno.test("drift exits with 3 for differences", async () => {
  const fake = fakeManager({ findDrift: () => Promise.resolve(DRIFT) });

  equal((await runWith({ args: ["drift"] }, fake)).code, 3);
});

Deno.test("drift hands patterns, database and reason to the manager", async () => {
  const fake = fakeManager({ findDrift: () => Promise.resolve(NO_DRIFT) });
  const against = await runWith({
    args: [
      "drift",
      "--against",
      "postgres://x/y",
      "--ignore-objects",
      "a.*, b",
    ],
  });
  const accept = await runWith({
    args: ["drift", "--accept", "--reason", "why"],
  });

  deepEqual(against.fake.asked.calls, [["findDrift", {
    ignore: ["a.*", "b"],
    accept: false,
    against: "postgres://x/y",
  }]]);
  deepEqual(accept.fake.asked.calls, [["findDrift", {
    ignore: [],
    accept: true,
    reason: "why",
  }]]);
  equal(fake.asked.calls.length, 0);
});

for (
  const flag of [["--against", "postgres://x/y"], ["--ignore-objects", "a"]]
) {
  Deno.test(`drift --accept refuses ${flag[0]}`, async () => {
    const { code, host, fake } = await runWith({
      args: ["drift", "--accept", ...flag],
    });

    equal(code, 2);
    match(host.written.stderr, /accept the schema of this database as a whole/);
    equal(fake.asked.calls.length, 0);
  });
}
