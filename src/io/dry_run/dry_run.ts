import type { DryRunReport } from "../../core/dry_run/dry_run_report.ts";
import { findUntried } from "../../core/dry_run/untried.ts";
import type { LockstepError } from "../../errors.ts";
import {
  openRun,
  type Operation,
  prepareRun,
  replanning,
  requireSchema,
} from "../operation.ts";
import type { RunDraft } from "../operation_report.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { PreparedStep } from "../postgres/step_context.ts";
import type { Target } from "../postgres/target.ts";
import { type DryOutcome, runDryLocked } from "./locked_dry_run.ts";

/** The operation, without what only a real run does. */
export type DryOperation = Omit<Operation, "isDryRun" | "given">;

/**
 * Runs what is pending on the target, in one transaction that is rolled back,
 * and tells what each statement did. It keeps the lock of a run meanwhile.
 */
export async function dryRun(
  target: Target,
  dry: DryOperation,
): Promise<DryRunReport> {
  const draft: RunDraft = { warnings: [], forced: [] };
  const operation = { ...dry, isDryRun: false };
  try {
    const outcome = await attempt(target, operation, draft);
    return report(operation, draft, { outcome, error: outcome?.error });
  } catch (failure) {
    return report(operation, draft, { error: requireKnown(failure) });
  }
}

async function attempt(
  target: Target,
  operation: Operation,
  draft: RunDraft,
): Promise<DryOutcome | undefined> {
  await using loaded = await openRun(target, operation, draft);
  const { connection, migrations } = loaded;
  const start = { loaded, draft, mayWait: false };
  const { prepared } = await prepareRun(target, operation, start);
  await requireSchema(operation, connection, target);
  if (prepared.length === 0) return undefined;
  draft.warnings = [...draft.warnings, ...untried(prepared)];
  const { settings } = target;
  return await runDryLocked({
    reader: connection,
    connect: () => target.connect(),
    names: target.names,
    keys: target.lock,
    lockTimeoutMs: settings.lockTimeoutMs,
    signal: target.signal,
    onEvent: target.onEvent,
    recorder: target.recorder(),
    limits: {
      lockTimeoutMs: settings.dryRunLockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
      statementTimeoutMs: settings.statementTimeoutMs,
    },
    ...replanning(target, operation, { migrations, prepared, draft }),
  });
}

/** Others wait behind all locks of the dry run, until its end. */
const DEFAULT_LOCK_TIMEOUT_MS = 3_000;

function untried(prepared: readonly PreparedStep[]) {
  return prepared.flatMap((one, index) =>
    findUntried(one, index === prepared.length - 1 ? "last" : "followed")
  );
}

function report(
  { direction }: Operation,
  draft: RunDraft,
  { outcome, error }: {
    readonly outcome?: DryOutcome | undefined;
    readonly error?: LockstepError | undefined;
  },
): DryRunReport {
  return {
    kind: "dry_run",
    direction,
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    steps: outcome?.steps ?? [],
    sequences: outcome?.sequences ?? [],
    ...(outcome?.walBytes !== undefined && { walBytes: outcome.walBytes }),
    warnings: draft.warnings,
    forced: draft.forced,
    ...(error !== undefined && { error }),
  };
}
