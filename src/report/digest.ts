import { FileError, HistoryError, type LockstepError } from "../errors.ts";
import type { SourceLocation } from "../errors.ts";
import type { Finding } from "../core/finding.ts";
import type { Report } from "../core/report.ts";
import { listCases } from "./digest_cases.ts";
import { describeServer } from "./error_text.ts";
import { describeSum } from "./headline.ts";
import { showLines, showText } from "./layout.ts";
import { relativePath } from "./place.ts";

/** What any format for machines and pull requests needs of a report. */
export interface Digest {
  /** The kind of the report, such as `migrate`. */
  readonly title: string;
  readonly target?: string;
  readonly success: boolean;
  /** What it came to, in one line. */
  readonly sum: string;
  /** What was looked at or done, one by one. */
  readonly cases: readonly Case[];
  /** Everything found, errors first; those of cases, too. */
  readonly findings: readonly Issue[];
}

/** An error, a warning or a finding, safe to be shown. */
export interface Issue {
  readonly severity: Finding["severity"];
  /** Whether `--force` went past it. */
  readonly isForced: boolean;
  readonly code: string;
  /** One line. */
  readonly message: string;
  /** Lines such as `hint: …`. */
  readonly details: readonly string[];
  /** With a path that is relative where it can be. */
  readonly location?: SourceLocation;
}

/** A migration or a check, and how it stands. */
export interface Case {
  readonly name: string;
  readonly path?: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Its state in words. */
  readonly note: string;
  readonly durationMs?: number;
  readonly issues: readonly Issue[];
}

/** The same of any report. Paths below `cwd` become relative to it. */
export function digestOf(report: Report, cwd: string | undefined): Digest {
  const errors = "error" in report ? issuesOfError(report.error, cwd) : [];
  const own = "findings" in report ? report.findings : [];
  const forced = "forced" in report ? report.forced : [];
  const found = [
    ...errors,
    ...own.map((finding) => issueOf(finding, cwd)),
    ...report.warnings.map((finding) => issueOf(finding, cwd)),
    ...forced.map((finding) => ({ ...issueOf(finding, cwd), isForced: true })),
  ];
  const cases = listCases(report, found, cwd);
  const ofCases = cases.flatMap(({ issues }) => issues)
    .filter((issue) => !found.includes(issue));
  return {
    title: report.kind,
    ...("target" in report && report.target !== undefined &&
      { target: showText(report.target) }),
    success: report.success,
    sum: describeSum(report),
    cases,
    findings: [...found, ...ofCases].toSorted(bySeverity),
  };
}

/** The lines of an issue as one text. */
export function textOfIssue({ message, details }: Issue): string {
  return [message, ...details].join("\n");
}

/** The issues that belong to none of the cases. */
export function looseIssues(digest: Digest): readonly Issue[] {
  const attached = digest.cases.flatMap(({ issues }) => issues);
  return digest.findings.filter((issue) => !attached.includes(issue));
}

function issuesOfError(
  error: LockstepError | undefined,
  cwd: string | undefined,
): readonly Issue[] {
  if (error === undefined) return [];
  const others = error instanceof FileError || error instanceof HistoryError
    ? error.others
    : [];
  return [error, ...others].map((one) => ({
    severity: "error",
    isForced: false,
    code: one.code,
    message: showText(one.message),
    details: [
      ...one.server === undefined
        ? []
        : describeServer(one.server, one.message),
      ...labelled("hint", one.hint),
    ],
    ...placeOf(one.location, cwd),
  }));
}

function issueOf(finding: Finding, cwd: string | undefined): Issue {
  return {
    severity: finding.severity,
    isForced: false,
    code: finding.code,
    message: showText(finding.message),
    details: labelled("hint", finding.hint),
    ...placeOf(finding.location, cwd),
  };
}

function labelled(label: string, text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return [];
  const [first = "", ...rest] = showLines(text);
  return [`${label}: ${first}`, ...rest.map((line) => `  ${line}`)];
}

function placeOf(
  location: SourceLocation | undefined,
  cwd: string | undefined,
): Pick<Issue, "location"> {
  if (location === undefined) return {};
  return {
    location: {
      ...location,
      path: showText(relativePath(location.path, cwd)),
      ...(location.excerpt !== undefined &&
        { excerpt: showText(location.excerpt) }),
    },
  };
}

function bySeverity(one: Issue, other: Issue): number {
  return rank(one) - rank(other);
}

/** What was forced did not stop anything. */
function rank({ severity, isForced }: Issue): number {
  if (severity === "info") return 2;
  return severity === "error" && !isForced ? 0 : 1;
}
