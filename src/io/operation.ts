import { withoutAppliedDependencies } from "../core/dependencies.ts";
import type { History } from "../core/history.ts";
import type { FailOn } from "../core/lint/fail_on.ts";
import type { Migration } from "../core/migration.ts";
import type { RunOutcome } from "../core/outcome.ts";
import type { Direction, Plan } from "../core/plan/plan.ts";
import { findRenamedFiles } from "../core/plan/verify.ts";
import type { PlanReport, RunReport } from "../core/report.ts";
import { toFileError } from "./file_findings.ts";
import { type GivenFiles, readHistoryFor } from "./given_files.ts";
import { connectAndLoad, type Loaded } from "./loading.ts";
import { planReport, type RunDraft, runReport } from "./operation_report.ts";
import type { Connection } from "./postgres/connection.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import { requireWritable, type Target } from "./postgres/target.ts";
import { type Preparation, prepareAll } from "./prepare_steps.ts";
import { requireCleanLint } from "./require_clean_lint.ts";
import { findInSteps } from "./step_findings.ts";

/** What to do, in one direction. */
export interface Operation {
  readonly direction: Direction;
  readonly isDryRun: boolean;
  readonly reason?: string | undefined;
  readonly plan: (migrations: readonly Migration[], history: History) => Plan;
  /** Whether the schema has to be as the last run has left it. */
  readonly checksDrift?: boolean;
  /** Which findings of lint stop it. */
  readonly failOn?: FailOn | undefined;
  /** What a rehearsal knows beforehand. */
  readonly given?: GivenFiles;
}

/**
 * The pipeline of `migrate` and `rollback`: read files and history, plan, look
 * through every script, and, unless it is a dry run, take the lock, plan anew
 * and execute.
 */
export async function operate(
  target: Target,
  operation: Operation,
): Promise<RunReport | PlanReport> {
  const draft: RunDraft = { warnings: [], forced: [] };
  try {
    return await attempt(target, operation, draft);
  } catch (failure) {
    const error = requireKnown(failure);
    return operation.isDryRun
      ? planReport(operation, draft, { steps: [], error })
      : runReport(operation, draft, { error });
  }
}

async function attempt(
  target: Target,
  operation: Operation,
  draft: RunDraft,
): Promise<RunReport | PlanReport> {
  await using loaded = await connectAndLoad(target, {
    draft,
    // The database keeps the down scripts: a rollback needs no folder.
    missingFolder: operation.direction === "migrate" ? "error" : "warning",
    fileErrors: "throw",
    files: operation.given?.files,
    ask: (connection) => readHistoryFor(operation, target, connection),
  });
  const { connection, migrations } = loaded;
  if (!operation.isDryRun) requireWritable(connection);
  const history = await loaded.answer;
  const findings = withoutAppliedDependencies(loaded.findings, history.entries);
  const unusable = toFileError(findings);
  if (unusable !== undefined) throw unusable;
  const plan = operation.plan(migrations, history);
  draft.forced = plan.findings;
  const hasSteps = plan.steps.length > 0;
  // A run that has to wait looks at what is left to do when it has the lock.
  const waits = hasSteps && !operation.isDryRun &&
    await isLockHeld(target, connection);
  const steps = waits ? [] : plan.steps;
  const prepared = await prepareAll(steps, { target, connection });
  draft.warnings = [
    ...draft.warnings,
    ...findRenamedFiles(migrations, history.entries),
    ...findInSteps(prepared),
  ];
  const lint = { ...operation, ...loaded, settings: target.settings, draft };
  await requireCleanLint(steps, lint);
  if (operation.isDryRun || !hasSteps) {
    await requireSchema(operation, connection, target);
  }
  if (operation.isDryRun) {
    return await reportPlan(operation, draft, { target, connection, prepared });
  }
  if (!hasSteps) return runReport(operation, draft, {});
  const work = { ...loaded, prepared, draft };
  const outcome = await execute(target, operation, work);
  return runReport(operation, draft, { outcome });
}

async function isLockHeld(
  { lock }: Target,
  connection: Connection,
): Promise<boolean> {
  const { findLockHolder } = await import("./postgres/keeper.ts");
  return await findLockHolder(connection, lock) !== undefined;
}

async function reportPlan(
  operation: Operation,
  draft: RunDraft,
  { target, connection, prepared }: Preparation & {
    readonly prepared: readonly PreparedStep[];
  },
): Promise<PlanReport> {
  if (prepared.length === 0) {
    return planReport(operation, draft, { steps: [] });
  }
  const { describePlan } = await import("./describe_plan.ts");
  const { previewBackup } = await import("./backup/back_up_first.ts");
  const steps = await describePlan(prepared);
  const planned = await previewBackup(target, connection, prepared);
  draft.warnings = [...draft.warnings, ...planned.findings];
  const { decision: backup } = planned;
  return planReport(operation, draft, { steps, backup });
}

async function execute(
  target: Target,
  operation: Operation,
  { connection, migrations, prepared, draft }: Loaded & {
    readonly prepared: readonly PreparedStep[];
    readonly draft: RunDraft;
  },
): Promise<RunOutcome | undefined> {
  const { runLocked } = await import("./postgres/locked_run.ts");
  const { settings } = target;
  const recorder = target.recorder();
  const known = new Map(prepared.map((one) => [one.step.version, one]));
  return await runLocked({
    reader: connection,
    connect: () => target.connect(),
    reconnect: target.reconnect,
    recorder,
    names: target.names,
    keys: target.lock,
    lockTimeoutMs: settings.lockTimeoutMs,
    limits: {
      lockTimeoutMs: settings.statementLockTimeoutMs,
      statementTimeoutMs: settings.statementTimeoutMs,
    },
    patience: {
      lockRetryMs: settings.lockRetryMs,
      lockTimeoutMs: settings.lockTimeoutMs,
    },
    signal: target.signal,
    onEvent: target.onEvent,
    reason: operation.reason,
    readHistory: (reader) => readHistoryFor(operation, target, reader),
    hasWork: (history) => hasWork(operation, migrations, history),
    async plan(history, worker) {
      const plan = operation.plan(migrations, history);
      draft.forced = plan.findings;
      const lint = { ...operation, migrations, settings, draft, known };
      await requireCleanLint(plan.steps, lint);
      const preparation = { target, connection: worker, known };
      const steps = await prepareAll(plan.steps, preparation);
      const fresh = steps.filter(({ step }) => !known.has(step.version));
      draft.warnings = [...draft.warnings, ...findInSteps(fresh)];
      return steps;
    },
    async prepare(steps, worker, signal) {
      await requireSchema(operation, worker, target);
      const { backUpFirst } = await import("./backup/back_up_first.ts");
      const run = { target, worker, recorder, signal };
      const { backup, findings } = await backUpFirst(run, steps);
      draft.backup = backup;
      draft.warnings = [...draft.warnings, ...findings];
    },
    async conclude(outcome, worker) {
      if (settings.snapshot === "never") return;
      const schema = await import("./schema/stored_schema.ts");
      await schema.storeSchemaAfterRun(outcome, worker, recorder);
    },
  });
}

async function requireSchema(
  { checksDrift = false }: Operation,
  connection: Connection,
  { names }: Target,
): Promise<void> {
  if (!checksDrift) return;
  const { requireNoDrift } = await import("./schema/find_drift.ts");
  await requireNoDrift(connection, names);
}

function hasWork(
  operation: Operation,
  migrations: readonly Migration[],
  history: History,
): boolean {
  try {
    return operation.plan(migrations, history).steps.length > 0;
  } catch {
    // What is wrong now may be the other run's work of this moment; the plan
    // that is made under the lock decides.
    return true;
  }
}
