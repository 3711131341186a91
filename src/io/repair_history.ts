import type { RunBackup } from "../core/backup/backup_report.ts";
import type { Finding } from "../core/finding.ts";
import { examineHistory } from "../core/repair/examine.ts";
import type { HistoryView } from "../core/repair/history_view.ts";
import {
  planRepair,
  type RepairPlan,
  type RepairRequest,
} from "../core/repair/plan_repair.ts";
import {
  describeChange,
  isSameChange,
  type RepairChange,
} from "../core/repair/repair_change.ts";
import type {
  RepairReport,
  RepairStatus,
  RepairStep,
} from "../core/repair/repair_report.ts";
import { ConnectionError, type LockstepError } from "../errors.ts";
import { backUpIfAlways } from "./backup/back_up_first.ts";
import { readHistoryView } from "./history_view.ts";
import { connectAndLoad, type Draft, type Loaded } from "./loading.ts";
import type { Connection } from "./postgres/connection.ts";
import { createTables } from "./postgres/history_store.ts";
import {
  awaitRunners,
  type LockedWork,
  stopSignal,
  withLock,
} from "./postgres/locked_run.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Written } from "./postgres/record_transaction.ts";
import { requireWritable, type Target } from "./postgres/target.ts";
import { type PreparedRepair, writeRepairs } from "./postgres/write_repairs.ts";
import { readScriptToKeep } from "./prepare_step.ts";

/** What to repair, and how it is decided. */
export interface RepairWork extends RepairRequest {
  readonly isDryRun: boolean;
  /** Asked for each change in turn; all are made when it is absent. */
  readonly decide?: ((step: RepairStep) => Promise<boolean>) | undefined;
}

/**
 * Reads files and history, proposes changes of the tracking table, and makes
 * those that are decided on: under the lock, planned anew, in one transaction.
 */
export async function repairHistory(
  target: Target,
  work: RepairWork,
): Promise<RepairReport> {
  const draft: RepairDraft = {
    warnings: [],
    forced: [],
    statuses: new Map(),
    findings: [],
  };
  try {
    await attempt(target, work, draft);
    return report(draft);
  } catch (failure) {
    return report(draft, requireKnown(failure));
  }
}

/** What is known of a report before its end. */
interface RepairDraft extends Draft {
  /** In the order of the plan. */
  readonly statuses: Map<RepairChange, RepairStatus>;
  findings: readonly Finding[];
  runId?: string;
  backup?: RunBackup | undefined;
}

async function attempt(
  target: Target,
  work: RepairWork,
  draft: RepairDraft,
): Promise<void> {
  await using loaded = await connectAndLoad(target, {
    draft,
    missingFolder: "error",
    fileErrors: "throw",
    ask: () => Promise.resolve(),
  });
  if (!work.isDryRun) requireWritable(loaded.connection);
  const view = await readHistoryView(loaded.connection, target, loaded);
  const plan = planRepair(view, work);
  draft.findings = selectFindings(view, plan);
  for (const change of plan.changes) draft.statuses.set(change, "proposed");
  if (work.isDryRun) return;
  const decided = await decideAll(plan.changes, work, draft);
  if (decided.length === 0) return;
  await executeLocked({ target, work, draft, loaded }, decided);
  const after = await readHistoryView(loaded.connection, target, loaded);
  draft.findings = selectFindings(after, plan);
}

function selectFindings(
  view: HistoryView,
  { selects }: RepairPlan,
): readonly Finding[] {
  return examineHistory(view).map(({ finding }) => finding).filter(selects);
}

async function decideAll(
  changes: readonly RepairChange[],
  { decide }: RepairWork,
  { statuses }: RepairDraft,
): Promise<readonly RepairChange[]> {
  if (decide === undefined) return changes;
  const decided: RepairChange[] = [];
  for (const change of changes) {
    if (await decide(describeChange(change))) decided.push(change);
    else statuses.set(change, "declined");
  }
  return decided;
}

interface Execution {
  readonly target: Target;
  readonly work: RepairWork;
  readonly draft: RepairDraft;
  readonly loaded: Loaded;
}

interface LockedExecution extends Execution {
  readonly signal: AbortSignal;
}

async function executeLocked(
  execution: Execution,
  decided: readonly RepairChange[],
): Promise<void> {
  const { target, loaded } = execution;
  const lock: LockedWork = {
    reader: loaded.connection,
    connect: () => target.connect(),
    names: target.names,
    keys: target.lock,
    lockTimeoutMs: target.settings.lockTimeoutMs,
    signal: target.signal,
    onEvent: target.onEvent,
  };
  // deno-lint-ignore require-await -- the interface is asynchronous
  const goOn = async () => true;
  await withLock({ ...lock, goOn }, async (keeper, worker) => {
    await awaitRunners(lock, worker);
    await createTables(worker, target.names);
    const signal = stopSignal(target.signal, keeper);
    await execute({ ...execution, signal }, worker, decided);
  });
}

/** Another repair, or a run, may have changed everything since the first look. */
async function execute(
  execution: LockedExecution,
  worker: Connection,
  decided: readonly RepairChange[],
): Promise<void> {
  const { target, work, draft, loaded } = execution;
  const view = await readHistoryView(worker, target, loaded);
  const plan = planRepair(view, work);
  const chosen = new Map<RepairChange, RepairChange>();
  for (const change of decided) {
    const same = plan.changes.find((other) => isSameChange(change, other));
    if (same === undefined) draft.statuses.set(change, "obsolete");
    else chosen.set(change, same);
  }
  if (chosen.size > 0) {
    const written = await write(execution, worker, [...chosen.values()]);
    for (const change of chosen.keys()) draft.statuses.set(change, written);
    if (written === "unknown") throw unknownOutcome();
  }
}

async function write(
  { target, work, draft, signal }: LockedExecution,
  worker: Connection,
  changes: readonly RepairChange[],
): Promise<Written> {
  const recorder = target.recorder();
  const run = { target, worker, recorder, signal };
  draft.backup = await backUpIfAlways(run, "before a repair");
  const { migrationsDir, cwd } = target.settings;
  const folder = { dir: migrationsDir, cwd };
  const repairs: PreparedRepair[] = [];
  for (const change of changes) {
    const { keepDownOf } = change;
    const kept = keepDownOf && await readScriptToKeep(keepDownOf, { folder });
    repairs.push({ change, kept });
  }
  const { reconnect } = target;
  const context = { worker, recorder, reason: work.reason, reconnect };
  const written = await writeRepairs(context, repairs);
  draft.runId = recorder.runId;
  return written;
}

function unknownOutcome(): ConnectionError {
  return new ConnectionError(
    "connection_lost",
    "Cannot say whether the changes were made as the connection broke at " +
      "their COMMIT and the server cannot be asked",
    { hint: 'see "lockstep verify" once the server can be reached' },
  );
}

function report(draft: RepairDraft, error?: LockstepError): RepairReport {
  return {
    kind: "repair",
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    ...(draft.runId !== undefined && { runId: draft.runId }),
    ...(draft.backup !== undefined && { backup: draft.backup }),
    changes: [...draft.statuses].map(([change, status]) => ({
      ...describeChange(change),
      status,
    })),
    findings: draft.findings,
    warnings: draft.warnings.filter((one) => !draft.findings.includes(one)),
    ...(error !== undefined && { error }),
  };
}
