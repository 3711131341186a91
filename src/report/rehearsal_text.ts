import { findingOfDifference } from "../core/rehearsal/judge_rehearsal.ts";
import type {
  RehearsalReport,
  RehearsalStatus,
} from "../core/rehearsal/rehearsal_report.ts";
import { renderDifference } from "./drift_text.ts";
import { renderFinding } from "./error_text.ts";
import { count } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** What a rehearsal found, with the lines that differ. */
export function renderRehearsal(report: RehearsalReport, theme: Theme): string {
  if (report.error !== undefined) return "";
  const { differences, findings } = report;
  const blocks = [
    ...differences.map((difference) => {
      const finding = findingOfDifference(difference);
      return renderFinding(finding, finding.severity, theme) +
        renderDifference(difference, theme);
    }),
    // Behind those of the differences.
    ...findings.slice(differences.length).map((finding) =>
      renderFinding(finding, finding.severity, theme)
    ),
  ];
  const tone = report.success ? "strong" : "bad";
  const sum = paint(theme, tone, describeRehearsal(report));
  return [...blocks, sum].join("\n") + "\n";
}

/** What a rehearsal came to, in one line. */
export function describeRehearsal(
  { migrations, scope }: RehearsalReport,
): string {
  if (migrations.length === 0) {
    return scope === "pending"
      ? "Nothing is pending to rehearse."
      : "There are no migrations to rehearse.";
  }
  const amounts = Object.entries(REHEARSAL_WORDS).flatMap(([status, words]) => {
    const number = migrations.filter((one) => one.status === status).length;
    return number === 0 ? [] : [`${number} ${words}`];
  });
  const total = count(migrations.length, "migration");
  return `Rehearsed ${total}: ${amounts.join(", ")}.`;
}

/** What became of a migration, in words. */
export const REHEARSAL_WORDS: Readonly<Record<RehearsalStatus, string>> = {
  reversible: "applied, rolled back and applied again",
  irreversible: "irreversible",
  no_rollback: "without rollback",
  different: "with another schema afterwards",
  failed: "failed",
  not_run: "not run",
};
