import { deepEqual } from "node:assert/strict";
import { findUntried } from "../../../../src/core/dry_run/untried.ts";
import type { Step } from "../../../../src/core/plan/plan.ts";

const STEP: Step = {
  direction: "migrate",
  version: "001",
  name: "a",
  origin: { kind: "kept", path: "a.sql", checksum: "" },
  checksum: "",
  filePath: "a.sql",
  dependencies: [],
  directives: {},
};

function codes(
  beginModes: string,
  changesSessionDefaults: boolean,
  place: "last" | "followed",
) {
  const segment = {
    mode: "transactional",
    beginModes,
    first: 0,
    last: 0,
    absorbed: new Set<number>(),
  } as const;
  const plan = { segments: [segment], statementCount: 1, findings: [] };
  return findUntried({ step: STEP, plan, changesSessionDefaults }, place)
    .map(({ code }) => code);
}

Deno.test("findUntried() tells of modes and of defaults that a later step needs", () => {
  deepEqual(codes("", false, "followed"), []);
  deepEqual(codes("", true, "last"), []);
  deepEqual(codes("ISOLATION LEVEL SERIALIZABLE", true, "followed"), [
    "other_isolation",
    "untried_defaults",
  ]);
});
