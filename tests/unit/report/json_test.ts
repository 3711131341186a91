import { deepEqual, equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ERROR_CATALOG } from "../../../src/core/error_catalog.ts";
import { UsageError } from "../../../src/errors.ts";
import { renderJson } from "../../../src/report/json.ts";
import { bugReport } from "../../../src/report/bug_report.ts";
import { reportSchema } from "../../../src/report/json_schema.ts";
import { FILE_ERROR, UNSAFE } from "./sample_errors.ts";
import { PLAN, REPORTS, ROLLBACK_RUN, USAGE } from "./sample_reports.ts";

const validate = new Ajv2020({ allErrors: true }).compile(reportSchema());

/** What the schema has against a document. */
function complaints(document: unknown): string {
  return validate(document) ? "" : JSON.stringify(validate.errors, null, 2);
}

for (const [index, report] of REPORTS.entries()) {
  Deno.test(`renderJson() keeps its schema for report ${index} (${report.kind})`, () => {
    const document = JSON.parse(renderJson(report));

    equal(complaints(document), "");
  });

  Deno.test(`renderJson() sends no code to a terminal for report ${index}`, () => {
    ok(
      !UNSAFE.test(
        renderJson(report),
      ),
    );
  });
}

Deno.test("the schema refuses a field that it does not know", () => {
  const document = { ...JSON.parse(renderJson(PLAN)), surprise: 1 };

  ok(complaints(document).includes("additional properties"));
});

Deno.test("bugReport() keeps the schema and hides passwords", () => {
  const document = JSON.parse(
    renderJson(bugReport("postgres://u:hunter2@h")),
  );

  equal(complaints(document), "");
  equal(document.error.message, "postgres://***");
});

Deno.test("renderJson() gives whole milliseconds, and parts only below one", () => {
  const steps = [12.345678, 0.123456, 0].flatMap((durationMs) =>
    ROLLBACK_RUN.steps.map((step) => ({ ...step, durationMs }))
  );

  const document = JSON.parse(renderJson({ ...ROLLBACK_RUN, steps }));

  deepEqual(
    document.steps.map(({ durationMs }: { durationMs: number }) => durationMs),
    [12, 0.123, 0],
  );
});

Deno.test("renderJson() gives an error its word and its number", () => {
  deepEqual(JSON.parse(renderJson(USAGE)), {
    schemaVersion: 1,
    kind: "error",
    success: false,
    warnings: [],
    error: {
      code: "unknown_command",
      message: "Cannot run",
      hint: "help",
      exit: "usage",
      exitCode: 2,
    },
  });
});

Deno.test("renderJson() lists the errors found beside the first one", () => {
  const report = { ...PLAN, success: false, error: FILE_ERROR };

  const { error } = JSON.parse(renderJson(report));

  deepEqual(error.others.map((other: { code: string }) => other.code), [
    "nul_byte",
    "syntax_error",
  ]);
});

Deno.test("renderJson() hides a password in an error", () => {
  const error = new UsageError("invalid_argument", "x password=hunter2 y", {
    location: { path: "a", line: 1, excerpt: "postgres://u:hunter2@h" },
  });

  ok(!renderJson({ ...USAGE, error }).includes("hunter2"));
});

Deno.test("the catalog explains the codes of the sample errors", () => {
  const codes = ERROR_CATALOG.flatMap((group) => Object.keys(group.codes));

  ok(codes.includes(USAGE.error.code));
});
