// What the manager answers with, of all the rooms that have a report.
export type { AdoptReport, BaselineReport } from "./adopt/adopt_report.ts";
export type { BackupReport, RestoreReport } from "./backup/backup_report.ts";
export type { DoctorReport } from "./doctor/verdict.ts";
export type { DryRunReport } from "./dry_run/dry_run_report.ts";
export type { LintReport } from "./lint/lint_report.ts";
export type { RehearsalReport } from "./rehearsal/rehearsal_report.ts";
export type { RepairReport, VerifyReport } from "./repair/repair_report.ts";
export type {
  CreateReport,
  HistoryReport,
  InitReport,
  PlanReport,
  RunAnswer,
  RunReport,
  SplitReport,
  StatusReport,
} from "./report.ts";
export type { DriftReport } from "./schema/drift_report.ts";
export type { SchemaReport } from "./schema/schema_report.ts";
export type { TestDatabaseReport } from "./testing/test_database_report.ts";
export type { UnlockReport } from "./unlock_report.ts";
