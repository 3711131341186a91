import { deepEqual } from "node:assert/strict";
import {
  findingsOfDrift,
  isOnlyComment,
} from "../../../../src/core/schema/drift_report.ts";
import type { SchemaDifference } from "../../../../src/core/schema/compare_schemas.ts";

Deno.test("findingsOfDrift() warns of a comment, and only of that", () => {
  const findings = findingsOfDrift([
    changed(["comment"]),
    changed(["comment", "owner"]),
    changed(["create"]),
    { change: "added", kind: "table", name: "a", found: "CREATE TABLE a ();" },
    { change: "removed", kind: "table", name: "a", expected: "" },
  ]);

  deepEqual(findings.map(({ severity, code }) => `${severity} ${code}`), [
    "warning object_changed",
    "error object_changed",
    "error object_changed",
    "error object_added",
    "error object_removed",
  ]);
});

Deno.test("isOnlyComment() is false for what was added with a comment", () => {
  deepEqual(
    isOnlyComment({ change: "added", kind: "table", name: "a" }),
    false,
  );
  deepEqual(isOnlyComment(changed(["comment"])), true);
});

function changed(
  differsIn: SchemaDifference["differsIn"] & object,
): SchemaDifference {
  return {
    change: "changed",
    kind: "table",
    name: "a",
    differsIn,
    expected: "a",
    found: "b",
  };
}
