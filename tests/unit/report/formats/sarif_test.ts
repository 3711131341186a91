import { deepEqual, equal } from "node:assert/strict";
import { EMPTY_RUN, FAILED_RUN } from "../sample_reports.ts";
import { rendered } from "./rendered.ts";

Deno.test("renderSarif() explains each code and says where it was met", () => {
  const [run] = JSON.parse(rendered("sarif", FAILED_RUN)).runs;
  const [rule] = run.tool.driver.rules;
  const [result] = run.results;

  equal(rule.id, "statement_failed");
  equal(rule.shortDescription.text.length > 20, true);
  deepEqual([result.ruleId, result.ruleIndex, result.level], [
    "statement_failed",
    0,
    "error",
  ]);
  deepEqual(result.locations[0].physicalLocation.artifactLocation, {
    uri: "migrations/002_add_indexes.sql",
  });
  equal(result.locations[0].physicalLocation.region.startLine, 14);
  equal(run.invocations[0].executionSuccessful, false);
});

Deno.test("renderSarif() writes paths as relative URIs", () => {
  const [run] = JSON.parse(rendered("sarif", {
    ...EMPTY_RUN,
    warnings: [{
      severity: "warning",
      code: "odd",
      message: "odd",
      location: { path: "/work/my files/ü#1.sql" },
    }],
  })).runs;

  equal(
    run.results[0].locations[0].physicalLocation.artifactLocation.uri,
    "my%20files/%C3%BC%231.sql",
  );
});
