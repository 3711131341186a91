import { deepEqual, equal, match } from "node:assert/strict";
import { BAD_LINT, CLEAN_LINT } from "../report/sample_lints.ts";
import { fakeManager } from "./fake_manager.ts";
import { runWith } from "./run_with.ts";

const BAD = fakeManager({ lint: () => Promise.resolve(BAD_LINT) });

Deno.test("lint asks for all files", async () => {
  const { code, host, fake } = await runWith({ args: ["lint"] });

  equal(code, 0);
  match(host.written.stdout, /Nothing found in 6 files, 120 statements/);
  deepEqual(fake.asked.calls, [["lint", {
    files: [],
    newFor: "file",
  }]]);
});

Deno.test("lint hands files and flags to the manager", async () => {
  const { fake } = await runWith({
    args: ["lint", "a.sql", "b.sql", "--fail-on", "info", "--together"],
  });

  deepEqual(fake.asked.calls, [["lint", {
    files: ["a.sql", "b.sql"],
    newFor: "all",
  }]]);
  equal(fake.asked.settings?.failOn, "info");
});

Deno.test("lint hands the wish for sizes, locks and fixes to the manager", async () => {
  const { fake } = await runWith({
    args: ["lint", "--live", "--locks", "--fix", "--dry-run"],
  });

  deepEqual(fake.asked.calls, [["lint", {
    files: [],
    fix: "preview",
    live: true,
    locks: true,
    newFor: "file",
  }]]);
});

Deno.test("lint writes fixes without --dry-run", async () => {
  const { fake } = await runWith({ args: ["lint", "--fix", "a.sql"] });

  deepEqual(fake.asked.calls, [["lint", {
    files: ["a.sql"],
    fix: "write",
    newFor: "file",
  }]]);
});

Deno.test("lint has nothing to try without --fix", async () => {
  const { code, host } = await runWith({ args: ["lint", "--dry-run"] });

  equal(code, 2);
  match(host.written.stderr, /changes nothing without --fix/);
});

Deno.test("lint exits with 3 when it fails", async () => {
  const { code, host } = await runWith({ args: ["lint"] }, BAD);

  equal(code, 3);
  match(host.written.stdout, /1 error, 1 hint in 6 files/);
});

Deno.test("lint exits with 0 for findings that it does not fail on", async () => {
  const fake = fakeManager({
    lint: () => Promise.resolve({ ...BAD_LINT, success: true }),
  });

  const { code } = await runWith({ args: ["lint"] }, fake);

  equal(code, 0);
});

Deno.test("lint refuses a severity that there is not", async () => {
  const { code, host } = await runWith({ args: ["lint", "--fail-on", "bad"] });

  equal(code, 2);
  match(host.written.stderr, /"--fail-on" to "bad"/);
  match(host.written.stderr, /info, warning, error, off/);
});

Deno.test("lint describes its rules in SARIF", async () => {
  const { host } = await runWith({
    args: ["lint", "--output", "sarif"],
  }, BAD);

  const [run] = JSON.parse(host.written.stdout).runs;
  const [rule] = run.tool.driver.rules;
  equal(rule.id, "require-concurrent-index-creation");
  equal(rule.defaultConfiguration.level, "error");
  match(rule.help.text, /CONCURRENTLY/);
  equal(run.results[1].level, "note");
});

Deno.test("lint prints an info as a notice for GitHub", async () => {
  const { host } = await runWith({
    args: ["lint", "--output", "github"],
  }, BAD);

  match(host.written.stdout, /^::notice file=migrations\/001_a\.sql,title=/m);
});

Deno.test("lint says nothing of a clean folder with --quiet", async () => {
  const fake = fakeManager({ lint: () => Promise.resolve(CLEAN_LINT) });

  const { host } = await runWith({ args: ["lint", "--quiet"] }, fake);

  equal(host.written.stdout, "");
});
