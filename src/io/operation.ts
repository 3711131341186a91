import { withoutAppliedDependencies } from "../core/dependencies.ts";
import type { History } from "../core/history.ts";
import type { FailOn } from "../core/lint/fail_on.ts";
import type { Migration } from "../core/migration.ts";
import type { RunOutcome } from "../core/outcome.ts";
import type { Direction, Plan } from "../core/plan/plan.ts";
import { findRenamedFiles } from "../core/plan/verify.ts";
import type { PlanReport, RunReport } from "../core/report.ts";
import { toFileError } from "./file_findings.ts";
import { requireCleanLint } from "./require_clean_lint.ts";
import { connectAndLoad, type Loaded } from "./loading.ts";
import { type GivenFiles, readHistoryFor } from "./given_files.ts";
import type { Connection } from "./postgres/connection.ts";
import type { LockedRun } from "./postgres/locked_run.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import { requireWritable, type Target } from "./postgres/target.ts";
import { planReport, type RunDraft, runReport } from "./operation_report.ts";
import { type Preparation, prepareAll } from "./prepare_steps.ts";
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

/** Reads the files while the server is asked for the history. */
export async function openRun(
  target: Target,
  operation: Operation,
  draft: RunDraft,
): Promise<Loaded<History>> {
  return await connectAndLoad(target, {
    draft,
    // The database keeps the down scripts: a rollback needs no folder.
    missingFolder: operation.direction === "migrate" ? "error" : "warning",
    fileErrors: "throw",
    files: operation.given?.files,
    ask: (connection) => readHistoryFor(operation, target, connection),
  });
}

/** Where a run begins. */
export interface RunStart {
  readonly loaded: Loaded<History>;
  readonly draft: RunDraft;
  /** Whether it looks at its scripts later if another run has the lock. */
  readonly mayWait: boolean;
}

/** What a run has to do, as far as it is looked at. */
export interface PreparedRun {
  readonly hasSteps: boolean;
  readonly prepared: readonly PreparedStep[];
}

/** Plans, and looks through every script. */
export async function prepareRun(
  target: Target,
  operation: Operation,
  { loaded, draft, mayWait }: RunStart,
): Promise<PreparedRun> {
  const { connection, migrations } = loaded;
  if (!operation.isDryRun) requireWritable(connection);
  const history = await loaded.answer;
  const findings = withoutAppliedDependencies(loaded.findings, history.entries);
  const unusable = toFileError(findings);
  if (unusable !== undefined) throw unusable;
  const plan = operation.plan(migrations, history);
  draft.forced = plan.findings;
  const hasSteps = plan.steps.length > 0;
  const waits = mayWait && hasSteps && await isLockHeld(target, connection);
  const steps = waits ? [] : plan.steps;
  const prepared = await prepareAll(steps, { target, connection });
  draft.warnings = [
    ...draft.warnings,
    ...findRenamedFiles(migrations, history.entries),
    ...findInSteps(prepared),
  ];
  const lint = { ...operation, ...loaded, settings: target.settings, draft };
  await requireCleanLint(steps, lint);
  return { hasSteps, prepared };
}

async function isLockHeld(
  { lock }: Target,
  connection: Connection,
): Promise<boolean> {
  const { findLockHolder } = await import("./postgres/keeper.ts");
  return await findLockHolder(connection, lock) !== undefined;
}

async function attempt(
  target: Target,
  operation: Operation,
  draft: RunDraft,
): Promise<RunReport | PlanReport> {
  await using loaded = await openRun(target, operation, draft);
  const { connection } = loaded;
  const mayWait = !operation.isDryRun;
  const start = { loaded, draft, mayWait };
  const { hasSteps, prepared } = await prepareRun(target, operation, start);
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
    ...replanning(target, operation, { migrations, prepared, draft }),
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

/** How a run plans anew once it has the lock. */
export function replanning(
  target: Target,
  operation: Operation,
  { migrations, prepared, draft }: Pick<Loaded, "migrations"> & {
    readonly prepared: readonly PreparedStep[];
    readonly draft: RunDraft;
  },
): Pick<LockedRun, "readHistory" | "hasWork" | "plan"> {
  const known = new Map(prepared.map((one) => [one.step.version, one]));
  return {
    readHistory: (reader) => readHistoryFor(operation, target, reader),
    hasWork: (history) => hasWork(operation, migrations, history),
    async plan(history, worker) {
      const plan = operation.plan(migrations, history);
      draft.forced = plan.findings;
      const { settings } = target;
      const lint = { ...operation, migrations, settings, draft, known };
      await requireCleanLint(plan.steps, lint);
      const preparation = { target, connection: worker, known };
      const steps = await prepareAll(plan.steps, preparation);
      const fresh = steps.filter(({ step }) => !known.has(step.version));
      draft.warnings = [...draft.warnings, ...findInSteps(fresh)];
      return steps;
    },
  };
}

/** Refuses to go on with a schema that is not as the last run has left it. */
export async function requireSchema(
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
