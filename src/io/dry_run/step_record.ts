import type {
  TriedStatement,
  TriedStep,
} from "../../core/dry_run/dry_run_report.ts";
import { scriptPath } from "../../core/plan/plan.ts";
import { maskReplaced } from "../../core/sql/shown_statement.ts";
import { shownSql } from "../../core/shown_query.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { secretValues } from "../../core/sql/variables.ts";
import type { PreparedStep } from "../postgres/step_context.ts";

type Seen = Omit<TriedStatement, "line" | "sql">;

/** What has become of the statements of a step so far. */
export class StepRecord {
  readonly #prepared: PreparedStep;
  readonly #secrets: readonly string[];
  readonly #start = performance.now();
  readonly #statements: TriedStatement[] = [];
  #omitted = 0;
  #skipped = 0;

  constructor(prepared: PreparedStep) {
    this.#prepared = prepared;
    this.#secrets = secretValues(prepared.script.variables);
  }

  /** Notes a statement, or only counts it where there are too many. */
  add(statement: Statement, seen: Seen): void {
    if (seen.status === "skipped") this.#skipped++;
    const { length } = this.#statements;
    const isNotable = seen.status !== "done" || seen.locks.length > 0 ||
      seen.rewritten.length > 0 || seen.notices.length > 0;
    if (length >= (isNotable ? MAX_NOTABLE : MAX_LISTED)) {
      this.#omitted++;
      return;
    }
    const { text, line } = maskReplaced(statement, this.#secrets);
    this.#statements.push({ line, sql: shownSql(text), ...boundLocks(seen) });
  }

  /** Takes the statement back that was noted last, as one that failed. */
  withdraw(): void {
    if (this.#statements.at(-1)?.status === "failed") this.#statements.pop();
    else this.#omitted--;
  }

  /** The step as it stands. */
  end(status: TriedStep["status"], omittedNotices: number): TriedStep {
    return {
      ...triedStep(this.#prepared, status),
      durationMs: performance.now() - this.#start,
      statements: this.#statements,
      omitted: this.#omitted,
      skipped: this.#skipped,
      ...(omittedNotices > 0 && { omittedNotices }),
    };
  }
}

/** A step with no statement yet. */
export function triedStep(
  { step }: PreparedStep,
  status: TriedStep["status"],
): TriedStep {
  return {
    direction: step.direction,
    version: step.version,
    name: step.name,
    path: scriptPath(step),
    status,
    ...(step.origin.kind === "kept" && { isFromKeptCopy: true }),
    statements: [],
    omitted: 0,
    skipped: 0,
  };
}

const MAX_LISTED = 1_000;
const MAX_NOTABLE = 5_000;
const MAX_LOCKS = 100;

function boundLocks(seen: Seen): Seen {
  const { locks } = seen;
  if (locks.length <= MAX_LOCKS) return seen;
  const omittedLocks = locks.length - MAX_LOCKS;
  return { ...seen, locks: locks.slice(0, MAX_LOCKS), omittedLocks };
}
