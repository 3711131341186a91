import { equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with {
  type: "json",
};
import { SaxesParser } from "saxes";
import { OUTPUT_FORMATS } from "../../../../src/core/output_format.ts";
import type { Report } from "../../../../src/core/report.ts";
import { UsageError } from "../../../../src/errors.ts";
import { bugReport } from "../../../../src/report/bug_report.ts";
import { reportSchema } from "../../../../src/report/json_schema.ts";
import { FAILED_RUN, REPORTS, USAGE } from "../sample_reports.ts";
import { UNSAFE } from "../sample_errors.ts";
import { rendered } from "./rendered.ts";

const ODD_REPORTS: readonly Report[] = [
  bugReport("something broke"),
  {
    ...FAILED_RUN,
    warnings: [{
      severity: "warning",
      code: "odd",
      message: "]]> <!-- & \ud800 \ufffe \u0000 ``` | ::error::x",
      location: { path: "/work/a b/100%,ü:x.sql", line: 3 },
    }],
  },
];

const ALL = [...REPORTS, ...ODD_REPORTS];
const MACHINE_FORMATS = OUTPUT_FORMATS.filter((format) => format !== "human");

for (const format of MACHINE_FORMATS) {
  Deno.test(`${format} has a text without codes and passwords for every report`, () => {
    const error = new UsageError("invalid_argument", "x password=hunter2 y", {
      hint: "postgres://u:hunter2@h",
    });
    const texts = [...ALL, { ...USAGE, error }]
      .map((report) => rendered(format, report));

    for (const text of texts) {
      ok(text.length > 0);
      ok(!UNSAFE.test(text), text);
      ok(!text.includes("hunter2"), text);
    }
  });
}

Deno.test("jsonl has one line for every report, which keeps the schema", () => {
  const validate = new Ajv2020().compile(reportSchema());

  for (const report of ALL) {
    const text = rendered("jsonl", report);
    equal(text.indexOf("\n"), text.length - 1);
    ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
  }
});

Deno.test("junit is well-formed for every report", () => {
  for (const report of ALL) {
    const parser = new SaxesParser();
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(rendered("junit", report)).close();
  }
});

Deno.test("sarif keeps the published schema for every report", () => {
  // It is of draft 04, whose only difference here is the name of the id.
  const { id: _id, $schema: _draft, ...schema } = sarifSchema;
  const validate = new Ajv2020({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
  })
    .compile(schema);

  for (const report of ALL) {
    ok(
      validate(JSON.parse(rendered("sarif", report))),
      JSON.stringify(validate.errors),
    );
  }
  equal(validate({ version: "2.1.0", runs: [{}] }), false);
});

Deno.test("gitlab has what the format asks for in every report", () => {
  for (const report of ALL) {
    const entries = JSON.parse(rendered("gitlab", report));
    const prints = entries.map((entry: { fingerprint: string }) =>
      entry.fingerprint
    );
    equal(new Set(prints).size, prints.length);
    for (const entry of entries) {
      ok(entry.description !== "" && entry.check_name !== "");
      ok(["critical", "major", "minor", "info"].includes(entry.severity));
      ok(!entry.location.path.startsWith("/work/"));
      ok(entry.location.lines.begin >= 1);
    }
  }
});

Deno.test("github has nothing but commands for every report", () => {
  for (const report of ALL) {
    const lines = rendered("github", report).trimEnd().split("\n");
    for (const line of lines) {
      ok(/^::(error|warning|notice) [a-z]+=[^:]*::/.test(line), line);
    }
  }
});
