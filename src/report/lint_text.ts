import type { LintReport } from "../core/lint/lint_report.ts";
import { renderFinding } from "./error_text.ts";
import { countFindings } from "../core/count_findings.ts";
import { count, showLines, showText } from "./layout.ts";
import { renderLocks } from "./locks_text.ts";
import { paint, type Theme } from "./theme.ts";

/** What lint found, with its place and what to do. */
export function renderLint(report: LintReport, theme: Theme): string {
  if (report.error !== undefined) return "";
  const findings = report.findings.map((finding) =>
    `${renderFinding(finding, finding.severity, theme)}\n`
  );
  const locks = report.locks === undefined || report.locks.length === 0
    ? ""
    : `${renderLocks(report.locks, theme)}\n`;
  const tone = report.success ? "strong" : "bad";
  return `${locks}${renderFixes(report, theme)}${findings.join("")}${
    paint(theme, tone, describeLint(report))
  }\n`;
}

function renderFixes(
  { fixes = [], created = [] }: LintReport,
  theme: Theme,
): string {
  const changed = fixes.map(({ path, line, rule, before, after }) => {
    const place = paint(theme, "strong", `${showText(path)}:${line}`);
    const lines = [
      ...showLines(before).map((one) => paint(theme, "bad", `- ${one}`)),
      ...showLines(after).map((one) => paint(theme, "good", `+ ${one}`)),
    ];
    return `${place} ${rule}\n${lines.join("\n")}\n\n`;
  });
  const added = created.map((path) => `created ${showText(path)}\n`);
  return changed.join("") + added.join("") + (added.length > 0 ? "\n" : "");
}

/** What lint came to, in one line. */
export function describeLint(report: LintReport): string {
  const { findings, files, statements, suppressed } = report;
  const looked = `${count(files, "file")}, ${count(statements, "statement")}`;
  const quiet = suppressed === 0 ? "" : `; ${suppressed} ignored`;
  return findings.length === 0
    ? `Nothing found in ${looked}${quiet}.`
    : `${countFindings(findings)} in ${looked}${quiet}.`;
}
