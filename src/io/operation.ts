import type { BackupDecision } from "../core/backup/backup_decision.ts";
import type { RunBackup } from "../core/backup/backup_report.ts";
import { withoutAppliedDependencies } from "../core/dependencies.ts";
import type { History } from "../core/history.ts";
import type { FailOn } from "../core/lint/fail_on.ts";
import type { Migration } from "../core/migration.ts";
import type { RunOutcome } from "../core/outcome.ts";
import type { Direction, Plan, Step } from "../core/plan/plan.ts";
import { findRenamedFiles } from "../core/plan/verify.ts";
import { countDone, type PlanReport, type RunReport } from "../core/report.ts";
import type { LockstepError } from "../errors.ts";
import { toFileError } from "./file_findings.ts";
import { requireCleanLint } from "./require_clean_lint.ts";
import { connectAndLoad, type Draft, type Loaded } from "./loading.ts";
import { type GivenFiles, readHistoryFor } from "./given_files.ts";
import type { Connection } from "./postgres/connection.ts";
import { readKeptScript } from "./postgres/history_store.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { PreparedStep } from "./postgres/step_context.ts";
import { requireWritable, type Target } from "./postgres/target.ts";
import { findEmpty, findUnkept } from "./step_findings.ts";

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

/** What is known of the report of a run before its end. */
interface RunDraft extends Draft {
  backup?: RunBackup | undefined;
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
  const prepared = await prepareAll(plan.steps, { target, connection });
  draft.warnings = [
    ...draft.warnings,
    ...findRenamedFiles(migrations, history.entries),
    ...prepared.flatMap((one) => one.plan.findings),
    ...prepared.flatMap(findEmpty),
    ...plan.steps.flatMap(findUnkept),
  ];
  const lint = { ...operation, ...loaded, settings: target.settings, draft };
  await requireCleanLint(plan.steps, lint);
  if (operation.isDryRun || prepared.length === 0) {
    await requireSchema(operation, connection, target);
  }
  if (operation.isDryRun) {
    return await reportPlan(operation, draft, { target, connection, prepared });
  }
  if (prepared.length === 0) return runReport(operation, draft, {});
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

interface Preparation {
  readonly target: Target;
  readonly connection: Connection;
  /** Steps that were looked through before, by version. */
  readonly known?: ReadonlyMap<string, PreparedStep>;
}

async function prepareAll(
  steps: readonly Step[],
  { target, connection, known }: Preparation,
): Promise<readonly PreparedStep[]> {
  if (steps.length === 0) return [];
  const { prepareStep } = await import("./prepare_step.ts");
  const { settings, names } = target;
  const prepared: PreparedStep[] = [];
  for (const step of steps) {
    const earlier = known?.get(step.version);
    const isKnown = earlier !== undefined && isSameStep(earlier.step, step);
    prepared.push(
      isKnown ? earlier : await prepareStep(step, {
        folder: { dir: settings.migrationsDir, cwd: settings.cwd },
        maxStatementBytes: settings.maxStatementBytes,
        variables: settings.variables,
        backup: settings.backup,
        database: connection.target.database,
        serverVersion: connection.serverVersion,
        readKept: (version) => readKeptScript(connection, names, version),
      }),
    );
  }
  return prepared;
}

function isSameStep(one: Step, other: Step): boolean {
  return one.checksum === other.checksum &&
    one.origin.kind === other.origin.kind &&
    one.resume === undefined && other.resume === undefined;
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
      return await prepareAll(plan.steps, preparation);
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
      const { storeSchemaAfterRun } = await import(
        "./schema/stored_schema.ts"
      );
      await storeSchemaAfterRun(outcome, worker, recorder);
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

function runReport(
  { direction }: Operation,
  draft: RunDraft,
  { outcome, error = outcome?.error }: {
    readonly outcome?: RunOutcome | undefined;
    readonly error?: LockstepError;
  },
): RunReport {
  const count = (done: Direction) =>
    outcome === undefined ? 0 : countDone(outcome, done);
  return {
    kind: direction,
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    ...(outcome !== undefined && { runId: outcome.runId }),
    ...(draft.backup !== undefined && { backup: draft.backup }),
    migrationsApplied: count("migrate"),
    migrationsRolledBack: count("rollback"),
    steps: outcome?.steps ?? [],
    warnings: draft.warnings,
    forced: draft.forced,
    ...(error !== undefined && { error }),
  };
}

function planReport(
  { direction }: Operation,
  draft: RunDraft,
  { steps, backup, error }: {
    readonly steps: PlanReport["steps"];
    readonly backup?: BackupDecision;
    readonly error?: LockstepError;
  },
): PlanReport {
  return {
    kind: "plan",
    direction,
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    steps,
    ...(backup !== undefined && { backup }),
    warnings: draft.warnings,
    forced: draft.forced,
    ...(error !== undefined && { error }),
  };
}
