import type { BackupDecision } from "../core/backup/backup_decision.ts";
import type { RunBackup } from "../core/backup/backup_report.ts";
import type { RunOutcome } from "../core/outcome.ts";
import type { Direction } from "../core/plan/plan.ts";
import { countDone, type PlanReport, type RunReport } from "../core/report.ts";
import type { LockstepError } from "../errors.ts";
import type { Draft } from "./loading.ts";

/** What is known of the report of a run before its end. */
export interface RunDraft extends Draft {
  backup?: RunBackup | undefined;
}

interface Directed {
  readonly direction: Direction;
}

/** The report of a run that has ended, or was never begun. */
export function runReport(
  { direction }: Directed,
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

/** The report of what a run would do. */
export function planReport(
  { direction }: Directed,
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
