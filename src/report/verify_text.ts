import type { VerifyReport } from "../core/repair/repair_report.ts";
import { countFindings } from "../core/count_findings.ts";
import { renderFindingLines } from "./finding_text.ts";
import { count } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** What does not fit between files, history and log. */
export function renderVerify(report: VerifyReport, theme: Theme): string {
  const { findings, migrations, rows } = report;
  if (report.error !== undefined) return "";
  if (findings.length > 0) {
    const sum = paint(theme, "bad", `${countFindings(findings)}.`);
    return `${renderFindingLines(findings, theme)}${sum}\n`;
  }
  const sum = `Nothing found: ${count(migrations, "migration")} and ` +
    `${count(rows, "row")} of history fit.`;
  return `${paint(theme, "strong", sum)}\n`;
}
