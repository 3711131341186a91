import { deepEqual, equal, ok } from "node:assert/strict";
import { maskTexts } from "../../../../src/core/config/mask_texts.ts";
import { ExecutionError } from "../../../../src/errors.ts";

Deno.test("maskTexts() masks every text of a report and keeps its shape", () => {
  const report = {
    kind: "plan",
    count: 3,
    none: undefined,
    steps: [{ sql: "SELECT 'hunter2'", lines: ["hunter2", 5] }],
  };

  deepEqual(maskTexts(report, ["hunter2"]), {
    kind: "plan",
    count: 3,
    none: undefined,
    steps: [{ sql: "SELECT '***'", lines: ["***", 5] }],
  });
});

Deno.test("maskTexts() masks an error, what the server said, and its cause", () => {
  const cause = new Error("hunter2 inside");
  const error = new ExecutionError("statement_failed", "Cannot: hunter2", {
    remains: "part",
    hint: "not hunter2",
    location: { path: "a.sql", line: 3, excerpt: "hunter2" },
    server: {
      severity: "ERROR",
      sqlstate: "22P02",
      message: "hunter2",
      detail: "(hunter2)",
    },
    cause,
  });

  const masked = maskTexts(error, ["hunter2"]);

  ok(masked instanceof ExecutionError);
  equal(masked.message, "Cannot: ***");
  equal(masked.exit, "partial");
  equal(masked.hint, "not ***");
  equal(masked.location?.excerpt, "***");
  equal(masked.server?.detail, "(***)");
  ok(masked.cause instanceof Error);
  equal(masked.cause.message, "*** inside");
  ok(!String(masked.stack).includes("hunter2"));
  equal(error.message, "Cannot: hunter2");
});

Deno.test("maskTexts() gives back the value itself when nothing is secret", () => {
  const report = { kind: "plan" };

  equal(maskTexts(report, []), report);
});
