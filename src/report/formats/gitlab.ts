import { createHash } from "node:crypto";
import type { Report } from "../../core/report.ts";
import { digestOf, type Issue, textOfIssue } from "../digest.ts";
import { jsonText } from "../json.ts";
import type { FormatContext } from "./format.ts";

/**
 * A Code Quality report (GitLab documentation, "Code Quality report format").
 * What has no file is put at the first line of `.`, since the format wants a
 * place.
 */
export function renderGitlab(report: Report, { cwd }: FormatContext): string {
  const seen = new Map<string, number>();
  const entries = digestOf(report, cwd).findings.map((issue) => {
    const identity = identityOf(issue);
    const before = seen.get(identity) ?? 0;
    seen.set(identity, before + 1);
    return jsonText({
      description: textOfIssue(issue),
      check_name: issue.code,
      fingerprint: createHash("sha256").update(`${identity}\0${before}`)
        .digest("hex"),
      severity: severityOf(issue),
      location: {
        path: issue.location?.path ?? ".",
        lines: { begin: issue.location?.line ?? 1 },
      },
    });
  });
  return entries.length === 0 ? "[]\n" : `[\n${entries.join(",\n")}\n]\n`;
}

/** Without the line, so that it stays the same when lines move. */
function identityOf({ code, message, location }: Issue): string {
  return [code, location?.path ?? "", message].join("\0");
}

function severityOf({ severity, isForced }: Issue): string {
  if (isForced) return "major";
  return SEVERITIES[severity];
}

const SEVERITIES: Readonly<Record<Issue["severity"], string>> = {
  error: "critical",
  warning: "minor",
  info: "info",
};
