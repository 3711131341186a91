import { deepEqual, equal, ok } from "node:assert/strict";
import type { RunEvent } from "../../../src/core/outcome.ts";
import { EMPTY_RUN, FAILED_RUN } from "../report/sample_reports.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const CHOICES: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  string,
])[] = [
  ["status --output markdown", {}, "###"],
  ["status --output=MARKDOWN", {}, "###"],
  ["status", { LOCKSTEP_OUTPUT: "github" }, "::"],
  ["status --json", { LOCKSTEP_OUTPUT: "github" }, "{\n"],
  ["status --output human", { LOCKSTEP_JSON: "1" }, "target:"],
  ["status --json --output json", {}, "{\n"],
  ["status --output jsonl", {}, '{"schemaVersion"'],
  ["version", { LOCKSTEP_OUTPUT: "sarif" }, "lockstep "],
];

for (const [line, env, start] of CHOICES) {
  Deno.test(`run() chooses the format for "${line}" with ${JSON.stringify(env)}`, async () => {
    const { code, host } = await runWith({ args: line.split(" "), env });

    equal(code, 0, host.written.stderr);
    ok(host.written.stdout.startsWith(start), host.written.stdout);
  });
}

const WRONG: readonly (readonly [string, string])[] = [
  [
    "status --json --output sarif",
    "Cannot print JSON as sarif is asked for at the same time",
  ],
  ["create x --output sarif", "use --output with one of human, json, jsonl"],
  ["sql split a.sql --output jsonl", "one of human, json\n"],
  ["status --output xml", 'Cannot set "--output" to "xml" as that is none'],
];

for (const [line, text] of WRONG) {
  Deno.test(`run() exits 2 for ${line}`, async () => {
    const { code, host, fake } = await runWith({ args: line.split(" ") });

    equal(code, 2);
    ok(host.written.stderr.includes(text), host.written.stderr);
    deepEqual(fake.asked.calls, []);
  });
}

Deno.test("run() prints an error of usage in the format that was typed", async () => {
  const { host } = await runWith({
    args: ["migrate", "--nonsense", "--output", "sarif"],
  });

  const [{ results }] = JSON.parse(host.written.stdout).runs;
  equal(results[0].ruleId, "unknown_flag");
});

Deno.test("run() prints a bug in the format that was asked for", async () => {
  const fake = fakeManager({ getStatus: () => Promise.reject(new Error("x")) });
  const { code, host } = await runWith({
    args: ["status", "--output", "junit"],
  }, fake);

  equal(code, 1);
  ok(host.written.stdout.includes('<failure message="x" type="bug">'));
});

for (const format of ["json", "jsonl", "junit", "github", "gitlab", "sarif"]) {
  Deno.test(`run() exits with --output ${format} as without`, async () => {
    const fake = fakeManager({ migrate: () => Promise.resolve(FAILED_RUN) });
    const args = ["migrate", "--output", format];

    equal((await runWith({ args }, fake)).code, 5);
  });
}

Deno.test("run() prints each event with --output jsonl before the report", async () => {
  const events: readonly RunEvent[] = [
    { type: "server_waiting", server: "db", reason: "it starts" },
    { type: "run_started", steps: [] },
  ];
  const fake = fakeManager({
    migrate() {
      for (const event of events) fake.asked.hooks?.onEvent?.(event);
      return Promise.resolve(EMPTY_RUN);
    },
  });
  const { host } = await runWith({
    args: ["migrate", "--output", "jsonl", "--quiet"],
  }, fake);

  const lines = host.written.stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  deepEqual(lines.map(({ event, kind }) => event ?? kind), [
    "server_waiting",
    "run_started",
    "migrate",
  ]);
  ok(!Number.isNaN(Date.parse(lines[0].time)));
});

const LIMITS: readonly (readonly [string, number])[] = [
  ["status --limit 2 --json", 2],
  ["status --limit 0 --json", 5],
  ["status --pending --json", 3],
];

for (const [line, length] of LIMITS) {
  Deno.test(`run() lists ${length} versions for ${line}`, async () => {
    const { host } = await runWith({ args: line.split(" ") });

    equal(JSON.parse(host.written.stdout).versions.length, length);
  });
}

Deno.test("run() says how many versions --limit leaves out", async () => {
  const { host } = await runWith({ args: ["status", "--limit", "2"] });

  ok(host.written.stdout.endsWith(
    "and 3 older versions; --limit 0 lists all\n",
  ));
});

Deno.test("run() exits 2 for a --limit of status that is no number", async () => {
  const { code } = await runWith({ args: ["status", "--limit", "x"] });

  equal(code, 2);
});
