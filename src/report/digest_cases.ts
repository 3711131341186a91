import type { BackupDecision } from "../core/backup/backup_decision.ts";
import type { BackupFile } from "../core/backup/backup_file.ts";
import type { CheckResult } from "../core/doctor/verdict.ts";
import type { LogEntry } from "../core/log_entry.ts";
import type { StepOutcome, StepStatus } from "../core/outcome.ts";
import type { RepairStepOutcome } from "../core/repair/repair_report.ts";
import type {
  PlannedStep,
  Report,
  RunReport,
  StatusReport,
  VersionStatus,
} from "../core/report.ts";
import type { Case, Issue } from "./digest.ts";
import { casesOfDryRun } from "./digest_dry_run.ts";
import { casesOfRehearsal } from "./digest_rehearsal.ts";
import { nameOfEntry } from "./history_text.ts";
import { formatInstant, showText } from "./layout.ts";
import { relativePath } from "./place.ts";
import { errorLine, labelOf, momentOf, STATE_WORDS } from "./status_words.ts";

type Folder = string | undefined;

/** What a report looked at or did, with those of the issues that fit. */
export function listCases(
  report: Report,
  issues: readonly Issue[],
  cwd: Folder,
): readonly Case[] {
  switch (report.kind) {
    case "migrate":
    case "rollback":
      return [
        ...caseOfBackup(report.backup),
        ...casesOfRun(report, issues, cwd),
      ];
    case "plan":
      return [
        ...caseOfDecision(report.backup),
        ...report.steps.map((step) => caseOfPlan(step, cwd)),
      ];
    case "backup":
      return caseOfBackup(report);
    case "status":
      return casesOfStatus(report, issues, cwd);
    case "doctor":
      return report.checks.map(caseOfCheck);
    case "history":
      return report.entries.map(caseOfEntry);
    case "repair":
      return [
        ...caseOfBackup(report.backup),
        ...report.changes.map(caseOfChange),
      ];
    case "dry_run":
      return casesOfDryRun(report, issues, cwd);
    case "rehearsal":
      return casesOfRehearsal(report, issues, cwd);
    default:
      return [];
  }
}

function caseOfBackup(
  backup: Partial<BackupFile> | undefined,
): readonly Case[] {
  if (backup?.path === undefined) return [];
  const { path, restoreCommand = "", sha256 = "" } = backup;
  const note = `backed up; restore it with: ${restoreCommand}; ` +
    `SHA-256 ${sha256}`;
  return [{
    name: showText(path),
    state: "passed",
    note: showText(note),
    issues: [],
  }];
}

function caseOfDecision(
  backup: BackupDecision | undefined,
): readonly Case[] {
  if (backup?.decision !== "made") return [];
  const note = `would be made first, as ${backup.reason}`;
  return [{
    name: "backup",
    state: "skipped",
    note: showText(note),
    issues: [],
  }];
}

function casesOfRun(
  report: RunReport,
  issues: readonly Issue[],
  cwd: Folder,
): readonly Case[] {
  const stopped = report.steps.find(({ status }) => STOPPED.includes(status));
  const reasons = report.error === undefined ? [] : issues.slice(0, 1);
  return report.steps.map((step) =>
    caseOfStep(step, { issues: step === stopped ? reasons : [], cwd })
  );
}

const STOPPED: readonly StepStatus[] = ["failed", "partial", "unknown"];

function caseOfStep(
  step: StepOutcome,
  { issues, cwd }: { readonly issues: readonly Issue[]; readonly cwd: Folder },
): Case {
  const { status, durationMs } = step;
  const isIdle = status === "not_run";
  return {
    name: showText(`${step.version}_${step.name}`),
    path: showText(relativePath(step.path, cwd)),
    state: status === "done" ? "passed" : isIdle ? "skipped" : "failed",
    note: step.direction === "rollback" && status === "done"
      ? "rolled back"
      : STEP_WORDS[status],
    ...(durationMs !== undefined && { durationMs }),
    issues,
  };
}

const STEP_WORDS: Readonly<Record<StepStatus, string>> = {
  done: "applied",
  failed: "failed, undone",
  partial: "stopped part-way",
  unknown: "outcome unknown",
  not_run: "not run",
};

function caseOfPlan(step: PlannedStep, cwd: Folder): Case {
  const verb = step.direction === "migrate" ? "apply" : "roll back";
  return {
    name: showText(`${step.version}_${step.name}`),
    path: showText(relativePath(step.path, cwd)),
    state: "passed",
    note: `would ${verb}`,
    issues: [],
  };
}

function casesOfStatus(
  report: StatusReport,
  issues: readonly Issue[],
  cwd: Folder,
): readonly Case[] {
  return report.versions.map((version) => {
    const label = showText(labelOf(version));
    const known = issues.filter(({ code, message }) =>
      code === version.state && message.startsWith(`"${label}" `)
    );
    return caseOfVersion(version, { label, known, cwd });
  });
}

function caseOfVersion(
  version: VersionStatus,
  { label, known, cwd }: {
    readonly label: string;
    readonly known: readonly Issue[];
    readonly cwd: Folder;
  },
): Case {
  const { state, executionTimeMs, error } = version;
  const path = version.path === undefined
    ? {}
    : { path: showText(relativePath(version.path, cwd)) };
  const failure: readonly Issue[] = state === "failed"
    ? [{
      severity: "error",
      isForced: false,
      code: "failed",
      message: error === undefined
        ? `"${label}" failed`
        : showText(errorLine({ ...version, error })),
      details: [],
      ...(path.path === undefined ? {} : { location: { path: path.path } }),
    }]
    : [];
  const issues = [...failure, ...known];
  return {
    name: label,
    ...path,
    state: failure.length > 0
      ? "failed"
      : IDLE.includes(state)
      ? "skipped"
      : "passed",
    note: noteOf(version),
    ...(executionTimeMs !== undefined && { durationMs: executionTimeMs }),
    issues,
  };
}

function noteOf(version: VersionStatus): string {
  const moment = momentOf(version);
  return STATE_WORDS[version.state] +
    (moment === undefined ? "" : ` ${formatInstant(moment)}`) +
    (version.rollback === "none" ? ", without rollback" : "");
}

const IDLE: readonly VersionStatus["state"][] = [
  "pending",
  "out_of_order",
  "rolled_back",
];

function caseOfCheck(result: CheckResult): Case {
  const { check, state, message, details = [], advice } = result;
  const isFound = state === "problem" || state === "warning";
  return {
    name: check,
    state: state === "problem"
      ? "failed"
      : state === "skipped"
      ? "skipped"
      : "passed",
    note: showText(message),
    issues: isFound
      ? [{
        severity: state === "problem" ? "error" : "warning",
        isForced: false,
        code: check.replaceAll(" ", "_"),
        message: showText(message),
        details: [
          ...details.map((detail) => `- ${showText(detail)}`),
          ...(advice === undefined ? [] : [`hint: ${showText(advice)}`]),
        ],
      }]
      : [],
  };
}

function caseOfEntry(entry: LogEntry): Case {
  const { durationMs, outcome, client, finishedAt } = entry;
  const words = outcome.replaceAll("_", " ");
  return {
    name: showText(nameOfEntry(entry)),
    state: FAILED_OUTCOMES.includes(outcome) ? "failed" : "passed",
    note: showText(`${words} ${formatInstant(finishedAt)} by ${client}`),
    durationMs,
    issues: [],
  };
}

const FAILED_OUTCOMES = ["failed", "partial", "restore_failed"];

function caseOfChange(change: RepairStepOutcome): Case {
  return {
    name: showText(`${change.version}_${change.name}`),
    state: change.status === "done" ? "passed" : "skipped",
    note: showText(`${change.message} (${change.status})`),
    issues: [],
  };
}
