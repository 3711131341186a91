import { scriptPath } from "../core/plan/plan.ts";
import type { Segment } from "../core/plan/segments.ts";
import type {
  PlannedSegment,
  PlannedStatement,
  PlannedStep,
} from "../core/report.ts";
import {
  fileLines,
  hasLongValues,
  maskReplaced,
} from "../core/sql/shown_statement.ts";
import type { Statement } from "../core/sql/statement.ts";
import { secretValues } from "../core/sql/variables.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import { ScriptCursor } from "./script.ts";

/** The steps of a dry run with the SQL that each would send. */
export async function describePlan(
  prepared: readonly PreparedStep[],
): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  for (const one of prepared) steps.push(await describeStep(one));
  return steps;
}

/** So many characters of SQL are shown of a segment; the rest is counted. */
const MAX_SHOWN_LENGTH = 200_000;

async function describeStep(prepared: PreparedStep): Promise<PlannedStep> {
  const { step } = prepared;
  const segments = await describeSegments(prepared);
  return {
    direction: step.direction,
    version: step.version,
    name: step.name,
    path: scriptPath(step),
    isFromKeptCopy: step.origin.kind === "kept",
    ...(step.resume !== undefined && {
      resumedAt: step.resume.statementsDone,
    }),
    segments,
  };
}

async function describeSegments(
  { step, script, plan }: PreparedStep,
): Promise<readonly PlannedSegment[]> {
  const start = step.resume?.statementsDone ?? 0;
  const cursor = new ScriptCursor(script);
  const shown = { cursor, start, secrets: secretValues(script.variables) };
  try {
    const segments: PlannedSegment[] = [];
    for (const segment of plan.segments) {
      if (segment.last < start) continue;
      segments.push(await describeSegment(shown, segment));
    }
    return segments;
  } finally {
    await cursor.close();
  }
}

/** A script from the statement where it is shown. */
interface ShownScript {
  readonly cursor: ScriptCursor;
  readonly start: number;
  readonly secrets: readonly string[];
}

async function describeSegment(
  { cursor, start, secrets }: ShownScript,
  segment: Segment,
): Promise<PlannedSegment> {
  const statements: PlannedStatement[] = [];
  const lines: number[] = [];
  let statementCount = 0;
  let length = 0;
  for (
    let item = await cursor.peek();
    item !== undefined &&
    (item.kind !== "statement" || item.index <= segment.last);
    item = await cursor.peek()
  ) {
    await cursor.next();
    if (item.kind !== "statement" || item.index < start) continue;
    if (segment.absorbed.has(item.index)) continue;
    statementCount++;
    lines[lines.length === 0 ? 0 : 1] = item.line;
    length += item.text.length;
    if (length > MAX_SHOWN_LENGTH) continue;
    statements.push(describeStatement(item, secrets));
  }
  const [firstLine, lastLine = firstLine] = lines;
  return {
    mode: segment.mode,
    ...(segment.reason !== undefined && { reason: segment.reason }),
    statementCount,
    ...(firstLine !== undefined && { firstLine }),
    ...(lastLine !== undefined && { lastLine }),
    statements,
    omitted: statementCount - statements.length,
  };
}

function describeStatement(
  statement: Statement,
  secrets: readonly string[],
): PlannedStatement {
  const shown = maskReplaced(statement, secrets);
  return {
    line: shown.line,
    sql: shown.text,
    ...(hasLongValues(shown) && { lines: fileLines(shown) }),
  };
}
