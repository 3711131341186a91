import { maskSecrets } from "../core/config/mask.ts";
import type { CreateReport, InitReport, Report } from "../core/report.ts";
import { renderBackup, renderRestore } from "./backup_text.ts";
import { renderDoctor } from "./doctor_text.ts";
import { renderConfig } from "./config_text.ts";
import { renderAdopt, renderBaseline } from "./adopt_text.ts";
import { renderError, renderFinding } from "./error_text.ts";
import { renderHistory } from "./history_text.ts";
import { showText } from "./layout.ts";
import { renderLint } from "./lint_text.ts";
import { renderDryRun } from "./dry_run_text.ts";
import { renderPlan } from "./plan_text.ts";
import { renderRepair } from "./repair_text.ts";
import { renderRun } from "./run_text.ts";
import { renderRehearsal } from "./rehearsal_text.ts";
import { renderDrift } from "./drift_text.ts";
import { renderSchema } from "./schema_text.ts";
import { renderStatus } from "./status_text.ts";
import { paint, type Theme } from "./theme.ts";
import { renderTestDatabase } from "./test_database_text.ts";
import { renderUnlock } from "./unlock_text.ts";
import { renderVerify } from "./verify_text.ts";

/** Whether more is said than what went wrong. */
export type Verbosity = "normal" | "quiet";

/** What goes to standard output for people: the result. */
export function renderResult(
  report: Report,
  verbosity: Verbosity,
  theme: Theme,
): string {
  if (verbosity === "quiet" && !isAskedFor(report)) return "";
  const body = renderBody(report, theme);
  return body === "" ? "" : renderTarget(report, theme) + body;
}

/** What goes to standard error for people: warnings and the error. */
export function renderMessages(
  report: Report,
  verbosity: Verbosity,
  theme: Theme,
): string {
  const messages = verbosity === "quiet" ? [] : renderFindings(report, theme);
  if (
    "error" in report && report.error !== undefined &&
    (verbosity === "quiet" || !isInBody(report))
  ) {
    messages.push(renderError(report.error, theme));
  }
  return messages.join("\n");
}

/** Whether the result says itself what the error is. */
function isInBody(report: Report): boolean {
  if (report.kind !== "doctor" || report.error === undefined) return false;
  const text = maskSecrets(report.error.message);
  return report.checks.some(({ message }) => message === text);
}

/** Commands whose whole point is the text that they print. */
function isAskedFor(report: Report): boolean {
  return report.kind === "help" || report.kind === "version" ||
    report.kind === "completions" ||
    report.kind === "config" ||
    report.kind === "test_database" && report.dropped === undefined ||
    ("sql" in report && report.sql !== undefined);
}

function renderFindings(report: Report, theme: Theme): string[] {
  const warnings = report.warnings.map((finding) =>
    renderFinding(finding, finding.severity, theme)
  );
  const forced = "forced" in report ? report.forced : [];
  return [
    ...warnings,
    ...forced.map((finding) => renderFinding(finding, "forced", theme)),
  ];
}

function renderTarget(report: Report, theme: Theme): string {
  if (!("target" in report) || report.target === undefined) return "";
  if ("sql" in report && report.sql !== undefined) return "";
  return paint(theme, "dim", `target: ${showText(report.target)}`) + "\n";
}

function renderBody(report: Report, theme: Theme): string {
  switch (report.kind) {
    case "migrate":
    case "rollback":
      return renderRun(report, theme);
    case "plan":
      return renderPlan(report, theme);
    case "dry_run":
      return renderDryRun(report, theme);
    case "status":
      return renderStatus(report, theme);
    case "history":
      return renderHistory(report, theme);
    case "verify":
      return renderVerify(report, theme);
    case "lint":
      return renderLint(report, theme);
    case "repair":
      return renderRepair(report, theme);
    case "backup":
      return renderBackup(report, theme);
    case "restore":
      return renderRestore(report, theme);
    case "adopt":
      return renderAdopt(report, theme);
    case "baseline":
      return renderBaseline(report, theme);
    case "create":
      return renderCreate(report);
    case "init":
      return renderInit(report);
    case "schema":
      return renderSchema(report);
    case "drift":
      return renderDrift(report, theme);
    case "rehearsal":
      return renderRehearsal(report, theme);
    case "test_database":
      return renderTestDatabase(report);
    case "doctor":
      return renderDoctor(report, theme);
    case "unlock":
      return renderUnlock(report, theme);
    case "version":
      return `lockstep ${report.version} (${report.runtime})\n`;
    case "help":
    case "completions":
      return report.text;
    case "config":
      return renderConfig(report, theme);
    case "split":
    case "error":
      return "";
    default:
      return report satisfies never;
  }
}

function renderCreate(report: CreateReport): string {
  return [report.up, report.down]
    .filter((path) => path !== undefined)
    .map((path) => `created ${showText(path)}\n`)
    .join("");
}

function renderInit(report: InitReport): string {
  if (report.sql !== undefined) return report.sql;
  if (report.change === undefined) return "";
  return `${CHANGE_WORDS[report.change]} ${showText(report.table)}\n`;
}

const CHANGE_WORDS: Readonly<
  Record<NonNullable<InitReport["change"]>, string>
> = {
  created: "created the tracking table",
  completed: "completed the tracking table",
  none: "nothing to do for the tracking table",
};
