import { deepEqual, equal, match } from "node:assert/strict";
import { BAD_VERIFY, EMPTY_REPAIR, REPAIR } from "../report/sample_repairs.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const [STEP] = REPAIR.changes;

Deno.test("repair hands versions, marks and the reason to the manager", async () => {
  const { fake } = await runWith({
    args: [
      "repair",
      "001",
      "2",
      "--mark-applied",
      "003, 004",
      "--retry",
      "5",
      "--reason",
      "why",
      "--dry-run",
    ],
  });

  const [[method, options] = []] = fake.asked.calls;
  equal(method, "repair");
  deepEqual(JSON.parse(JSON.stringify(options)), {
    versions: ["001", "2"],
    marks: [
      { version: "003", mark: "applied" },
      { version: "004", mark: "applied" },
      { version: "5", mark: "retry" },
    ],
    reason: "why",
    dryRun: true,
  });
});

for (
  const [typed, expected] of [["yes", true], ["no", false]] as const
) {
  Deno.test(`repair asks for each change; "${typed}" is ${expected}`, async () => {
    const decided: (boolean | undefined)[] = [];
    const fake = fakeManager({
      async repair({ decide } = {}) {
        decided.push(STEP && await decide?.(STEP));
        return EMPTY_REPAIR;
      },
    });
    const { host } = await runWith(
      { args: ["repair"], terminal: "yes", typed: [typed] },
      fake,
    );

    deepEqual(decided, [expected]);
    match(
      host.written.stderr,
      /Accept "migrations.*as it is now\? \[yes\/no\]/,
    );
  });
}

Deno.test("repair --yes asks nothing", async () => {
  const decided: (boolean | undefined)[] = [];
  const fake = fakeManager({
    async repair({ decide } = {}) {
      decided.push(STEP && await decide?.(STEP));
      return EMPTY_REPAIR;
    },
  });
  const { host } = await runWith({ args: ["repair", "--yes"] }, fake);

  deepEqual(decided, [true]);
  equal(host.written.stderr, "");
});

Deno.test("repair asks once for the name of a protected environment", async () => {
  const decided: (boolean | undefined)[] = [];
  const fake = fakeManager({
    async repair({ decide } = {}) {
      for (const step of REPAIR.changes) decided.push(await decide?.(step));
      return EMPTY_REPAIR;
    },
  });
  const files = { "/work/lockstep.toml": "[env.prod]\nprotected = true\n" };
  const { host } = await runWith({
    args: ["repair", "--env", "prod"],
    terminal: "yes",
    typed: ["no", "yes", "prod", "yes"],
    files,
  }, fake);

  deepEqual(decided, [false, true, true]);
  equal(host.written.stderr.match(/is protected/g)?.length, 1);
});

Deno.test("repair --yes is no consent for a protected environment", async () => {
  const [step] = REPAIR.changes;
  const fake = fakeManager({
    async repair({ decide } = {}) {
      if (step !== undefined) await decide?.(step);
      return EMPTY_REPAIR;
    },
  });
  const files = { "/work/lockstep.toml": "[env.prod]\nprotected = true\n" };
  const args = ["repair", "--env", "prod", "--yes"];

  equal((await runWith({ args, files }, fake)).code, 2);
  equal(
    (await runWith({ args: [...args, "--yes-to", "prod"], files }, fake)).code,
    0,
  );
});

for (
  const [what, report, exit] of [
    ["nothing is left", EMPTY_REPAIR, 0],
    ["only warnings are left", {
      ...EMPTY_REPAIR,
      findings: BAD_VERIFY.findings.slice(1),
    }, 0],
    ["an error is left", { ...EMPTY_REPAIR, findings: BAD_VERIFY.findings }, 3],
    ["a change was declined", {
      ...EMPTY_REPAIR,
      changes: REPAIR.changes.slice(1, 2),
    }, 3],
  ] as const
) {
  Deno.test(`repair exits with ${exit} when ${what}`, async () => {
    const fake = fakeManager({ repair: () => Promise.resolve(report) });

    equal((await runWith({ args: ["repair"] }, fake)).code, exit);
  });
}

Deno.test("verify exits with 3 when there are findings, warnings too", async () => {
  const findings = BAD_VERIFY.findings.slice(1);
  const report = { ...BAD_VERIFY, findings };
  const fake = fakeManager({ verify: () => Promise.resolve(report) });

  equal((await runWith({ args: ["verify"] }, fake)).code, 3);
  equal((await runWith({ args: ["verify"] })).code, 0);
});

for (const value of ["", ",", "001,,002"]) {
  Deno.test(`repair refuses --retry "${value}"`, async () => {
    const { code, host } = await runWith({
      args: ["repair", "--retry", value],
    });

    equal(code, 2);
    match(host.written.stderr, /^error\[invalid_argument\]/);
  });
}
