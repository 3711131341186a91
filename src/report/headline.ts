import type { Report } from "../core/report.ts";
import { RESTORE_SUMS } from "./backup_text.ts";
import { describeAdopt, describeBaseline } from "./adopt_text.ts";
import { describeChecks } from "./doctor_text.ts";
import { describeRehearsal } from "./rehearsal_text.ts";
import { describeDrift } from "./drift_text.ts";
import { describeSchema } from "./schema_text.ts";
import { countFindings } from "../core/count_findings.ts";
import { describeLint } from "./lint_text.ts";
import { showText } from "./layout.ts";
import { describeDryRun } from "./dry_run_text.ts";
import { describePlan } from "./plan_text.ts";
import { describeTestDatabase } from "./test_database_text.ts";
import { describeRun } from "./run_text.ts";
import { describeCounts } from "./status_text.ts";

/** What a report came to, in one line. */
export function describeSum(report: Report): string {
  const error = "error" in report ? report.error : undefined;
  const sum = sumOf(report);
  if (sum !== "") return sum;
  return error === undefined ? "Done." : showText(error.message);
}

function sumOf(report: Report): string {
  switch (report.kind) {
    case "migrate":
    case "rollback":
      return report.success || report.steps.length > 0
        ? describeRun(report)
        : "";
    case "plan":
      return report.success ? describePlan(report) : "";
    case "dry_run":
      return report.success || report.steps.length > 0
        ? describeDryRun(report)
        : "";
    case "status":
      return report.success || report.versions.length > 0
        ? describeCounts(report)
        : "";
    case "doctor":
      return describeChecks(report);
    case "verify":
    case "repair":
      return report.error === undefined
        ? `${countFindings(report.findings)}.`
        : "";
    case "lint":
      return report.error === undefined ? describeLint(report) : "";
    case "schema":
      return report.success ? describeSchema(report) : "";
    case "drift":
      return report.error === undefined ? describeDrift(report) : "";
    case "rehearsal":
      return report.error === undefined ? describeRehearsal(report) : "";
    case "test_database":
      return describeTestDatabase(report);
    case "backup":
      return report.path === undefined
        ? ""
        : `Made the backup ${showText(report.path)}.`;
    case "restore":
      return report.status === undefined ? "" : RESTORE_SUMS[report.status];
    case "adopt":
      return report.error === undefined ? describeAdopt(report) : "";
    case "baseline":
      return report.error === undefined ? describeBaseline(report) : "";
    default:
      return "";
  }
}
