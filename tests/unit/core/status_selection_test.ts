import { deepEqual, equal } from "node:assert/strict";
import {
  countByState,
  countWithoutRollback,
  selectVersions,
} from "../../../src/core/status_selection.ts";
import { STATUS } from "../report/sample_reports.ts";

Deno.test("selectVersions() keeps the newest and counts the others", () => {
  const { versions, omittedVersions, states } = selectVersions(STATUS, {
    only: "all",
    limit: 2,
  });

  deepEqual(versions.map(({ version }) => version), ["003", "20250105120000"]);
  equal(omittedVersions, 3);
  deepEqual(states, STATUS.states);
});

Deno.test("selectVersions() can keep only what is to be done", () => {
  const { versions, omittedVersions, isOnlyPending } = selectVersions(STATUS, {
    only: "pending",
  });

  deepEqual(versions.map(({ state }) => state), [
    "partly_applied",
    "rolled_back",
    "pending",
  ]);
  equal(omittedVersions, undefined);
  equal(isOnlyPending, true);
});

Deno.test("countByState() leaves out states without any version", () => {
  deepEqual(countByState(STATUS.versions), STATUS.states);
});

Deno.test("countWithoutRollback() leaves out baselines", () => {
  equal(countWithoutRollback(STATUS.versions), STATUS.withoutRollback);
});
