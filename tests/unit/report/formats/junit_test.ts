import { deepEqual, match, ok } from "node:assert/strict";
import { SaxesParser } from "saxes";
import type { Report } from "../../../../src/core/report.ts";
import {
  EMPTY_RUN,
  FAILED_RUN,
  SICK,
  STATUS,
  USAGE,
} from "../sample_reports.ts";
import { rendered } from "./rendered.ts";

/** What a reader of the format sees: each test with its outcome. */
function testsOf(report: Report): readonly string[] {
  const tests: string[] = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    if (name === "testcase") tests.push(String(attributes.name));
    if (name === "failure" || name === "skipped") {
      tests.push(`${tests.pop()} ${name}`);
    }
  });
  parser.write(rendered("junit", report)).close();
  return tests;
}

Deno.test("renderJunit() has a test for each migration, and loose findings", () => {
  const [done, failed, idle, ...loose] = testsOf(FAILED_RUN);

  deepEqual([done, failed], [
    "001_initial_schema",
    "002_add_indexes failure",
  ]);
  ok(idle?.endsWith("skipped"));
  deepEqual(loose.length, 2);
});

Deno.test("renderJunit() says why and where a migration failed, and how long it took", () => {
  const text = rendered("junit", FAILED_RUN);

  match(
    text,
    /name="002_add_indexes" file="migrations\/002_add_indexes.sql" time="1.310"/,
  );
  match(text, /<failure message="Cannot apply &quot;002_add_indexes&quot; as/);
  match(text, /^migrations\/002_add_indexes.sql:14:22<\/failure>$/m);
  match(text, /tests="5" failures="1" errors="0" skipped="1" time="1.352"/);
});

Deno.test("renderJunit() has a test that passes when there is nothing to do", () => {
  deepEqual(testsOf(EMPTY_RUN), ["migrate"]);
});

Deno.test("renderJunit() has a failure when the command cannot begin", () => {
  deepEqual(testsOf(USAGE), ["unknown_command failure"]);
});

Deno.test("renderJunit() has the checks of doctor", () => {
  deepEqual(testsOf(SICK), [
    "server",
    "indexes",
    "log failure",
    "direct url skipped",
  ]);
});

Deno.test("renderJunit() has the versions of a status", () => {
  const states = testsOf({
    ...STATUS,
    versions: STATUS.versions.map((version) => ({ ...version, name: "x" })),
  });

  deepEqual(states.length, STATUS.versions.length);
  ok(states.includes("20250105120000_x skipped"));
});
