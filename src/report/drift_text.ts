import type { SchemaDifference } from "../core/schema/compare_schemas.ts";
import {
  type DriftReference,
  type DriftReport,
  isOnlyComment,
} from "../core/schema/drift_report.ts";
import { diffLines, shortenDiff } from "../core/schema/line_diff.ts";
import { renderFindingLines } from "./finding_text.ts";
import { count, formatInstant, showLines, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** Every object that differs, with the lines that do. */
export function renderDrift(report: DriftReport, theme: Theme): string {
  if (report.error !== undefined) return "";
  const blocks = report.differences.map((one) => renderOne(one, theme));
  const tone = report.success ? "strong" : "bad";
  const head = `${paint(theme, tone, describeDrift(report))}\n`;
  return `${blocks.join("")}${head}${renderWritten(report, theme)}`;
}

/** With a migration, the findings are what it leaves to people. */
function renderWritten(
  { written, findings }: DriftReport,
  theme: Theme,
): string {
  if (written === undefined) return "";
  const { up, down, version } = written;
  return `Wrote ${showText(up)}
Wrote ${showText(down)}
${
    renderFindingLines(findings, theme)
  }The database has the change already; when you have read the files:
  to keep it, lockstep repair --mark-applied ${version}, then lockstep drift --accept
  to undo it, the same, then lockstep rollback, and remove the files
`;
}

/** What was found, in one line. */
export function describeDrift(report: DriftReport): string {
  const { differences, objects, reference, isAccepted, ignoredCount } = report;
  const where = reference === undefined ? "before" : referenceText(reference);
  const left = ignoredCount === 0 ? "" : `, and ${ignoredCount} left out`;
  const tense = reference === undefined || reference.kind === "snapshot"
    ? "was"
    : "is";
  const found = differences.length === 0
    ? `${count(objects, "object")} as ${where}`
    : `${count(differences.length, "difference")} from what ${tense} ${where}`;
  if (isAccepted === true) {
    const what = differences.length === 0 ? "" : ` with ${found}`;
    return `Stored ${count(objects, "object")} as the schema to expect${what}.`;
  }
  return differences.length === 0
    ? `No drift: ${found}${left}.`
    : `Found ${found}${left}.`;
}

function referenceText(reference: DriftReference): string {
  switch (reference.kind) {
    case "database":
      return `in ${showText(reference.target)}`;
    case "files":
      return `made by ${count(reference.migrations, "applied migration")}`;
    case "snapshot":
      return `stored at ${formatInstant(reference.takenAt)}`;
  }
}

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

function renderOne(difference: SchemaDifference, theme: Theme): string {
  const { change, kind, name } = difference;
  const only = isOnlyComment(difference) ? " in comments only" : "";
  const head = `${SIGNS[change]} ${
    showText(`${kind} ${name}`)
  } ${change}${only}`;
  const lines = renderDifference(difference, theme);
  return `${paint(theme, "strong", head)}\n${
    renderTrace(difference, theme)
  }${lines}\n`;
}

/** When it was changed, where the server keeps that; and by which owner. */
function renderTrace(
  { owner, changedAt }: SchemaDifference,
  theme: Theme,
): string {
  if (changedAt === undefined) return "";
  const whose = owner === undefined ? "" : `; it belongs to ${showText(owner)}`;
  const text = `  last changed at ${formatInstant(changedAt)}${whose}`;
  return `${paint(theme, "dim", text)}\n`;
}

/** The lines of an object that differ. */
export function renderDifference(
  difference: SchemaDifference,
  theme: Theme,
): string {
  const { change, expected = "", found = "" } = difference;
  const lines = change === "changed"
    ? shortenDiff(diffLines(expected, found), 2).map((line) =>
      renderLine(line, theme)
    )
    : showLines(change === "added" ? found : expected).map((text) =>
      renderLine({ sign: SIGNS[change], text }, theme)
    );
  return lines.join("");
}

function renderLine(
  line: { readonly sign: string; readonly text: string } | "…",
  theme: Theme,
): string {
  if (line === "…") return paint(theme, "dim", "    ...") + "\n";
  const text = `  ${line.sign} ${showText(line.text)}`.trimEnd();
  if (line.sign === " ") return `${text}\n`;
  return paint(theme, line.sign === "+" ? "good" : "bad", text) + "\n";
}
