import { deepEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import plugin from "../../../scripts/lint_plugin.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

interface Case {
  readonly claim: string;
  readonly file: string;
  readonly bad: string;
  readonly good: string;
}

const CASES: Record<string, Case> = {
  "ring-order": {
    claim: "keeps core from importing io",
    file: "src/core/plan/plan.ts",
    bad: 'import { a } from "../../io/script.ts";',
    good:
      'import { a } from "../../errors.ts"; import { b } from "../lock.ts";',
  },
  "single-gateway": {
    claim: "finds a driver that is imported lazily beside its gateway",
    file: "src/io/postgres/keeper.ts",
    bad: 'const pg = await import("pg");',
    good: 'import type { ClientConfig } from "pg";',
  },
  "pure-builtins": {
    claim: "keeps the file system out of core",
    file: "src/core/checksum.ts",
    bad: 'import { readFileSync } from "node:fs";',
    good: 'import { createHash } from "node:crypto";',
  },
  "deno-in-host": {
    claim: "finds Deno outside of the host",
    file: "src/io/script.ts",
    bad: 'const text = Deno.readTextFileSync("a");',
    good: "const text = { Deno: 1 }.Deno;",
  },
  "pure-rings": {
    claim: "finds the clock, but not a property of that name",
    file: "src/report/human.ts",
    bad: "const now = new Date();",
    good: "const then = new Date(0); const a = host.console;",
  },
  "function-shape": {
    claim: "counts parameters",
    file: "src/core/plan/plan.ts",
    bad: "function f(a, b, c, d) {}",
    good: "function f(a, b, c) {}",
  },
  "top-level-function": {
    claim: "finds an arrow where a function belongs",
    file: "src/core/plan/plan.ts",
    bad: "const f = () => 1;",
    good: "function f() { const g = () => 1; return g(); }",
  },
  "file-shape": {
    claim: "counts lines",
    file: "src/core/plan/plan.ts",
    bad: "void 0;\n".repeat(301),
    good: "void 0;\n".repeat(300),
  },
  "documented-export": {
    claim: "wants a sentence on every export",
    file: "src/core/plan/plan.ts",
    bad: "// no doc\nexport const A = 1;",
    good: "/** One. */\nexport const A = 1;",
  },
};

for (const [rule, { claim, file, bad }] of Object.entries(CASES)) {
  Deno.test(`lint rule ${rule} ${claim}`, () => {
    const found = rulesBroken(file, bad);

    deepEqual(found, [`house/${rule}`]);
  });
}

for (const [rule, { file, good }] of Object.entries(CASES)) {
  Deno.test(`lint rule ${rule} lets good code pass`, () => {
    const found = rulesBroken(file, good);

    deepEqual(found, []);
  });
}

Deno.test("lint plugin has a case for every rule", () => {
  const rules = Object.keys(plugin.rules);

  deepEqual(Object.keys(CASES).toSorted(), rules.toSorted());
});

Deno.test("lint rule ring-order lets tests import what they test", () => {
  const found = rulesBroken(
    "tests/unit/a_test.ts",
    'import pg from "pg"; import { a } from "../../src/io/script.ts";',
  );

  deepEqual(found, []);
});

Deno.test("lint rule ring-order allows deno.json and no other file", () => {
  const found = rulesBroken(
    "src/core/version.ts",
    'import a from "../../deno.json"; import b from "../../main.ts";',
  );

  deepEqual(found, ["house/ring-order"]);
});

function rulesBroken(file: string, source: string): readonly string[] {
  return Deno.lint.runPlugin(plugin, `${ROOT}${file}`, source)
    .map(({ id }) => id);
}
