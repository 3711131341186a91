import type { Report } from "../../core/report.ts";
import { type Case, type Digest, digestOf, type Issue } from "../digest.ts";
import { renderError, showPlace } from "../error_text.ts";
import { formatDuration } from "../layout.ts";
import { UNPAINTED } from "../theme.ts";
import type { FormatContext } from "./format.ts";

/** Tables in GitHub's Markdown, which GitLab reads, too. */
export function renderMarkdown(
  report: Report,
  { cwd }: FormatContext,
): string {
  const digest = digestOf(report, cwd);
  const error = "error" in report ? report.error : undefined;
  return [
    headOf(digest),
    tableOfCases(digest.cases),
    tableOfIssues(digest.findings),
    error === undefined ? "" : fence(renderError(error, UNPAINTED)),
  ].filter((part) => part !== "").join("\n");
}

function headOf(digest: Digest): string {
  const { title, target, success, sum, findings } = digest;
  const done = findings.length === 0 ? "✅" : "⚠️";
  const sign = success ? done : "❌";
  const where = target === undefined ? "" : `\nTarget: ${code(target)}\n`;
  return `### ${sign} lockstep ${escape(title)}\n\n${escape(sum)}\n${where}`;
}

function tableOfCases(cases: readonly Case[]): string {
  if (cases.length === 0) return "";
  const hasTimes = cases.some(({ durationMs }) => durationMs !== undefined);
  const head = ["", "name", "state", ...hasTimes ? ["took"] : []];
  return table(
    head,
    cases.map(({ state, name, note, durationMs, issues }) => [
      state === "passed" && issues.length > 0 ? "⚠️" : SIGNS[state],
      code(name),
      escape(note),
      ...hasTimes
        ? [durationMs === undefined ? "" : formatDuration(durationMs)]
        : [],
    ]),
  );
}

const SIGNS: Readonly<Record<Case["state"], string>> = {
  passed: "✅",
  failed: "❌",
  skipped: "⏸️",
};

function tableOfIssues(issues: readonly Issue[]): string {
  if (issues.length === 0) return "";
  return table(
    ["severity", "code", "place", "message"],
    issues.map((issue) => [
      issue.isForced ? "forced" : issue.severity,
      code(issue.code),
      issue.location === undefined ? "" : code(showPlace(issue.location)),
      [issue.message, ...issue.details].map(escape).join("<br>"),
    ]),
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** A code block whose fence is longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(0, ...runsOfTicks(text));
  const ticks = "`".repeat(Math.max(3, longest + 1));
  return `${ticks}text\n${text}${ticks}\n`;
}

/** In code nothing is obeyed but the end of it, and in tables the bar. */
function code(text: string): string {
  if (text === "") return "";
  const ticks = "`".repeat(Math.max(0, ...runsOfTicks(text)) + 1);
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${space}${text}${space}${ticks}`.replaceAll("|", "\\|");
}

function runsOfTicks(text: string): readonly number[] {
  return (text.match(/`+/g) ?? []).map(({ length }) => length);
}

/** A comment inside keeps a name from being mentioned, which mails people. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#~&]/g, "\\$&")
    .replaceAll("@", "@<!-- -->");
}
