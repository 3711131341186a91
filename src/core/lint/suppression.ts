import { showName } from "../display.ts";
import type { Finding } from "../finding.ts";
import { findNearest } from "../suggestion.ts";

/** A line `-- lockstep: lint-ignore …` as a file has it. */
export interface IgnoreLine {
  readonly line: number;
  /** What follows `lint-ignore`. */
  readonly text: string;
}

/** What a directive keeps quiet, and where. */
export interface Ignore {
  readonly line: number;
  readonly rules: readonly string[];
  /** The statement that it stands before; absent for the whole file. */
  readonly statementLine?: number;
}

/** Finds the directive in a line of a file. */
export function findIgnore(line: string): string | undefined {
  return IGNORE.exec(line)?.[1];
}

const IGNORE = /^\s*--\s*lockstep:\s*lint-ignore(?![\w-])(.*)$/i;

/** Where a statement starts and ends. */
export interface Lines {
  readonly line: number;
  readonly endLine: number;
}

/** Directives of a file that can be obeyed, and what is wrong with others. */
export interface Ignores {
  readonly ignores: readonly Ignore[];
  readonly findings: readonly Finding[];
}

/**
 * Reads the directives of a file: before its first statement one counts for
 * all of it, elsewhere for the statement that follows or that it is in.
 */
export function readIgnores(
  lines: readonly IgnoreLine[],
  file: { readonly path: string; readonly statements: readonly Lines[] },
  known: readonly string[],
): Ignores {
  const ignores: Ignore[] = [];
  const findings: Finding[] = [];
  for (const one of lines) {
    const [, list = "", reason = ""] = /^([^:]*):?(.*)$/.exec(one.text) ?? [];
    const rules = list.split(",").map((rule) => rule.trim());
    const fault = findFault(rules, reason, known);
    if (fault !== undefined) {
      const location = { path: file.path, line: one.line };
      findings.push({ severity: "error", ...fault, location });
    }
    const usable = rules.filter((rule) => known.includes(rule));
    if (reason.trim() === "" || usable.length === 0) continue;
    const statementLine = findStatementLine(one.line, file.statements);
    ignores.push({
      line: one.line,
      rules: usable,
      ...(statementLine !== undefined && { statementLine }),
    });
  }
  return { ignores, findings };
}

function findStatementLine(
  line: number,
  statements: readonly Lines[],
): number | undefined {
  const [first] = statements;
  if (first === undefined || line < first.line) return undefined;
  // Behind the last statement it stands before none.
  return statements.find(({ endLine }) => line <= endLine)?.line ?? Infinity;
}

function findFault(
  rules: readonly string[],
  reason: string,
  known: readonly string[],
): Pick<Finding, "code" | "message" | "hint"> | undefined {
  const unknown = rules.find((rule) => !known.includes(rule));
  const code = "bad-lint-ignore";
  if (unknown !== undefined) {
    const nearest = findNearest(unknown, known);
    return {
      code,
      message: unknown === ""
        ? "The directive lint-ignore names no rule"
        : `There is no rule "${showName(unknown)}"`,
      hint: nearest === undefined
        ? 'write "-- lockstep: lint-ignore <rule>: <reason>"'
        : `did you mean "${nearest}"?`,
    };
  }
  if (reason.trim() !== "") return undefined;
  return {
    code,
    message: "The directive lint-ignore gives no reason",
    hint: `write "-- lockstep: lint-ignore ${
      rules.map(showName).join(", ")
    }: <reason>"`,
  };
}
