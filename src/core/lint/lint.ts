import type { SourceLocation } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { TableLock } from "../locks/table_lock.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import type { LiveDatabase } from "./live_tables.ts";
import type {
  LintFile,
  LintStatement,
  Problem,
  Rule,
  StatementContext,
} from "./rule.ts";
import { weighProblem } from "./weigh_problem.ts";
import { RULES } from "./rules/mod.ts";
import type { SchemaSoFar } from "./schema_so_far.ts";
import { type Ignore, type IgnoreLine, readIgnores } from "./suppression.ts";

/** A statement of a script, as far as rules need it. */
export interface ReadStatement {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** Its place in the file, in bytes. */
  readonly startByte: number;
  readonly endByte: number;
  readonly mode: LintStatement["mode"];
  /** Absent for what no rule looks at, and for what the grammar cannot read. */
  readonly tree?: ParseTree;
  /** With its tree, unless values of variables stand in it. */
  readonly text?: string;
  /** Where locks are asked for; absent as well where they are unknown. */
  readonly locks?: readonly TableLock[];
  /** What it does, in a few words, where locks are asked for. */
  readonly label?: string;
}

/** A script that was read to be linted. */
export interface LintScript {
  readonly file: LintFile;
  readonly statements: readonly ReadStatement[];
  readonly ignoreLines: readonly IgnoreLine[];
}

/** What the rules say about a script. */
export interface LintResult {
  /** By line. */
  readonly findings: readonly Finding[];
  /** How many findings a directive keeps quiet. */
  readonly suppressed: number;
  /** Statements with errors and warnings, for whoever mends them. */
  readonly faulty: readonly Faulty[];
}

/** A statement, and a rule that found something in it. */
export interface Faulty {
  readonly rule: string;
  readonly statement: ReadStatement;
}

/** Runs the rules over a script, after those that came before it. */
export function lintScript(
  script: LintScript,
  schema: SchemaSoFar,
  live?: LiveDatabase,
): LintResult {
  const rules = RULES;
  const { file, statements } = script;
  const known = rules.map(({ name }) => name);
  const { ignores, findings } = readIgnores(
    script.ignoreLines,
    { path: file.path, statements },
    known,
  );
  const applying = rules.filter((rule) =>
    rule.files === "both" || file.direction === "up"
  );
  const found = [
    ...checkStatements(script, { schema, live }, applying),
    ...checkFile(script, schema, applying),
  ];
  const used = new Set<string>();
  const kept = found.filter((one) => !isIgnored(one, ignores, used));
  const all = [
    ...findings,
    ...kept.map((one) => toFinding(one, file)),
    ...unusedIgnores(ignores, used, file),
  ];
  return {
    findings: all.toSorted((one, other) => lineOf(one) - lineOf(other)),
    suppressed: found.length - kept.length,
    faulty: kept.flatMap(({ rule, problem, statement }) =>
      statement === undefined || (problem.severity ?? rule.severity) === "info"
        ? []
        : [{ rule: rule.name, statement }]
    ),
  };
}

/** A problem with the rule that found it, and where. */
interface Found {
  readonly rule: Rule;
  readonly problem: Problem;
  readonly statement: ReadStatement | undefined;
}

function checkStatements(
  { statements }: LintScript,
  { schema, live }: Pick<StatementContext, "schema" | "live">,
  rules: readonly Rule[],
): readonly Found[] {
  return statements.flatMap((statement) => {
    const { tree } = statement;
    if (tree === undefined) return [];
    const context = { statement: { ...statement, tree }, schema, live };
    const found = rules.flatMap((rule) =>
      (rule.checkStatement?.(context) ?? []).map((one) => {
        const problem = weighProblem(one, rule, { tree, live });
        return { rule, problem, statement };
      })
    );
    schema.see(tree);
    return found;
  });
}

function checkFile(
  { file, statements }: LintScript,
  schema: SchemaSoFar,
  rules: readonly Rule[],
): readonly Found[] {
  const parsed = statements.flatMap((statement) =>
    statement.tree === undefined ? [] : [{ ...statement, tree: statement.tree }]
  );
  const context = { file, statements: parsed, schema };
  return rules.flatMap((rule) =>
    (rule.checkFile?.(context) ?? []).map((problem) => ({
      rule,
      problem,
      statement: statements.find(({ line, column }) =>
        line === problem.statement?.line && column === problem.statement.column
      ),
    }))
  );
}

function isIgnored(
  { rule, statement }: Found,
  ignores: readonly Ignore[],
  used: Set<string>,
): boolean {
  const fitting = ignores.filter(({ rules, statementLine }) =>
    rules.includes(rule.name) &&
    (statementLine === undefined || statementLine === statement?.line)
  );
  for (const { line } of fitting) used.add(`${line} ${rule.name}`);
  return fitting.length > 0;
}

function unusedIgnores(
  ignores: readonly Ignore[],
  used: ReadonlySet<string>,
  { path }: LintFile,
): readonly Finding[] {
  return ignores.flatMap(({ line, rules }) =>
    rules.filter((rule) => !used.has(`${line} ${rule}`)).map((rule) => ({
      severity: "info",
      code: "unused-lint-ignore",
      message: `The directive keeps nothing of "${rule}" quiet`,
      hint: "remove it",
      location: { path, line },
    }))
  );
}

function toFinding({ rule, problem, statement }: Found, file: LintFile) {
  return {
    severity: problem.severity ?? rule.severity,
    code: rule.name,
    message: problem.message,
    hint: problem.hint ?? rule.instead,
    location: statement === undefined
      ? { path: file.path }
      : { path: file.path, ...placeOf(statement, problem.at) },
  } satisfies Finding;
}

/** The grammar counts in bytes from the start of the statement. */
function placeOf(
  { line, column, text }: ReadStatement,
  at: unknown,
): Pick<SourceLocation, "line" | "column"> {
  if (typeof at !== "number" || at <= 0 || text === undefined) {
    return { line, column };
  }
  const bytes = new TextEncoder().encode(text).subarray(0, at);
  const lines = new TextDecoder().decode(bytes).split("\n");
  const last = [...lines.at(-1) ?? ""].length;
  return lines.length === 1
    ? { line, column: column + last }
    : { line: line + lines.length - 1, column: last + 1 };
}

function lineOf({ location }: Finding): number {
  return location?.line ?? 0;
}
