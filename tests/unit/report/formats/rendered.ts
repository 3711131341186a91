import type { OutputFormat } from "../../../../src/core/output_format.ts";
import type { Report } from "../../../../src/core/report.ts";
import { FORMATS } from "../../../../src/report/formats/mod.ts";
import { PLAIN } from "../sample_reports.ts";

/** A report in a format, made in the folder `/work`. */
export function rendered(format: OutputFormat, report: Report): string {
  return FORMATS[format].render(report, {
    verbosity: "normal",
    theme: PLAIN,
    cwd: "/work",
  });
}
