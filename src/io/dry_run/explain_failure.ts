import { dryRunHint, isBlocked } from "../../core/dry_run/dry_run_hint.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { ExecutionError, LockstepError } from "../../errors.ts";
import { placeCopyError } from "../copy_error.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import {
  constraintError,
  messageOf,
  refusedError,
  statementError,
} from "../postgres/step_context.ts";
import { stopReason } from "../postgres/stop.ts";
import { RefusedStatement } from "./refused_statement.ts";
import type { Trial } from "./try_statement.ts";

/** The error of a step that could not be tried to its end. */
export async function explainFailure(
  trial: Trial,
  failure: unknown,
): Promise<LockstepError> {
  const { context, prepared: { step, script } } = trial;
  const refusal = failure instanceof RefusedStatement
    ? failure.refusal
    : failure;
  const reason = stopReason(context.signal);
  const isStop = refusal instanceof PostgresError &&
    refusal.fields.sqlstate === "57014";
  if (reason !== undefined && isStop) return reason;
  if (failure instanceof RefusedStatement) {
    const error = refusedStatement(trial, failure);
    return await placeCopyError(error, script, trial.copyLine);
  }
  if (failure instanceof LockstepError) return failure;
  if (failure instanceof PostgresError) {
    return refusedError(step, failure, "nothing");
  }
  throw failure;
}

function refusedStatement(
  trial: Trial,
  { statement, refusal }: RefusedStatement,
): LockstepError {
  const { context, prepared: { step } } = trial;
  const { lastBlockage } = context;
  const skipped = context.skipped.map(({ location }) => location);
  const { fields } = refusal;
  const error = statement === undefined
    ? constraintError(step, refusal, "nothing")
    : describe(trial, statement, refusal);
  const { location } = error;
  return new ExecutionError(
    isBlocked(fields) ? "blocked" : "statement_failed",
    error.message,
    {
      remains: "nothing",
      ...(location !== undefined && { location }),
      server: fields,
      cause: refusal,
      hint: dryRunHint(fields, { skipped, blockage: lastBlockage() }),
    },
  );
}

function describe(
  { context, prepared: { step } }: Trial,
  statement: Statement,
  error: PostgresError,
): LockstepError {
  const batch = messageOf(context, step, statement);
  return statementError({ step, batch, error }, "nothing");
}
