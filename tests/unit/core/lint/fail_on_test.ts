import { deepEqual } from "node:assert/strict";
import { findingsFrom } from "../../../../src/core/lint/fail_on.ts";

const INFO = { severity: "info", code: "a", message: "" } as const;
const WARNING = { ...INFO, severity: "warning" } as const;
const ERROR = { ...INFO, severity: "error" } as const;
const ALL = [INFO, WARNING, ERROR];

Deno.test("findingsFrom() keeps a severity and those above it", () => {
  deepEqual(findingsFrom(ALL, "info"), ALL);
  deepEqual(findingsFrom(ALL, "warning"), [WARNING, ERROR]);
  deepEqual(findingsFrom(ALL, "error"), [ERROR]);
});

Deno.test("findingsFrom() keeps nothing with off", () => {
  deepEqual(findingsFrom(ALL, "off"), []);
});
