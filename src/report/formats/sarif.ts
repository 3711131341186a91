import { ERROR_CATALOG } from "../../core/error_catalog.ts";
import type { Rule } from "../../core/lint/rule.ts";
import { RULES } from "../../core/lint/rules/mod.ts";
import type { Report } from "../../core/report.ts";
import { VERSION } from "../../core/version.ts";
import type { SourceLocation } from "../../errors.ts";
import { digestOf, type Issue, textOfIssue } from "../digest.ts";
import { jsonText } from "../json.ts";
import { pathUri } from "../place.ts";
import type { FormatContext } from "./format.ts";

/** A log of SARIF 2.1.0 (OASIS standard) with one run. */
export function renderSarif(report: Report, { cwd }: FormatContext): string {
  const { success, findings } = digestOf(report, cwd);
  const codes = [...new Set(findings.map(({ code }) => code))];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "lockstep",
          semanticVersion: VERSION,
          rules: codes.map(ruleOf),
        },
      },
      columnKind: "unicodeCodePoints",
      invocations: [{ executionSuccessful: success }],
      results: findings.map((issue) =>
        resultOf(issue, codes.indexOf(issue.code))
      ),
    }],
  };
  return `${jsonText(log)}\n`;
}

function levelOf({ severity, isForced }: Pick<Issue, "severity" | "isForced">) {
  if (isForced) return "warning";
  return severity === "info" ? "note" : severity;
}

function ruleOf(code: string): Record<string, unknown> {
  const rule = RULES.find(({ name }) => name === code);
  if (rule !== undefined) return lintRuleOf(rule);
  const group = ERROR_CATALOG.find(({ codes }) => Object.hasOwn(codes, code));
  const meaning = group?.codes[code];
  return {
    id: code,
    shortDescription: { text: meaning ?? `${code.replaceAll(/[-_]/g, " ")}.` },
    ...(group !== undefined && { help: { text: group.reaction } }),
  };
}

function lintRuleOf({ name, summary, why, instead, severity }: Rule) {
  return {
    id: name,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: `${instead}.` },
    defaultConfiguration: { level: levelOf({ severity, isForced: false }) },
  };
}

function resultOf(issue: Issue, ruleIndex: number): Record<string, unknown> {
  const { code, location } = issue;
  return {
    ruleId: code,
    ruleIndex,
    level: levelOf(issue),
    message: { text: textOfIssue(issue) },
    ...(location !== undefined && {
      locations: [{ physicalLocation: physicalLocation(location) }],
    }),
  };
}

function physicalLocation(
  { path, line, column, excerpt }: SourceLocation,
): Record<string, unknown> {
  return {
    artifactLocation: { uri: pathUri(path) },
    ...(line !== undefined && {
      region: {
        startLine: line,
        ...(column !== undefined && { startColumn: column }),
        ...(excerpt !== undefined && { snippet: { text: excerpt } }),
      },
    }),
  };
}
