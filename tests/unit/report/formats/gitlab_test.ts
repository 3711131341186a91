import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { Finding } from "../../../../src/core/finding.ts";
import { EMPTY_RUN } from "../sample_reports.ts";
import { rendered } from "./rendered.ts";

const FOUND: Finding = {
  severity: "warning",
  code: "odd",
  message: "It is odd",
  hint: "look",
  location: { path: "/work/migrations/001_a.sql", line: 7, column: 2 },
};

function entriesFor(...warnings: readonly Finding[]) {
  return JSON.parse(rendered("gitlab", { ...EMPTY_RUN, warnings }));
}

Deno.test("renderGitlab() says what is where", () => {
  const [{ fingerprint, ...entry }] = entriesFor(FOUND);

  deepEqual(entry, {
    description: "It is odd\nhint: look",
    check_name: "odd",
    severity: "minor",
    location: { path: "migrations/001_a.sql", lines: { begin: 7 } },
  });
  equal(fingerprint.length, 64);
});

Deno.test("renderGitlab() keeps a fingerprint when lines move", () => {
  const location = { path: "/work/migrations/001_a.sql", line: 9 };
  const [before] = entriesFor(FOUND);
  const [after] = entriesFor({ ...FOUND, location });

  equal(after.fingerprint, before.fingerprint);
});

Deno.test("renderGitlab() tells two of the same apart", () => {
  const [one, other] = entriesFor(FOUND, FOUND);

  notEqual(one.fingerprint, other.fingerprint);
});

Deno.test("renderGitlab() is an empty list when nothing is found", () => {
  equal(rendered("gitlab", EMPTY_RUN), "[]\n");
});
