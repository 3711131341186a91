import type { BackupDecision } from "../core/backup/backup_decision.ts";
import type {
  BackupReport,
  RestorePreview,
  RestoreReport,
  RunBackup,
} from "../core/backup/backup_report.ts";
import { formatBytes } from "../core/format_bytes.ts";
import { count, showText } from "./layout.ts";
import { paint, type Theme } from "./theme.ts";

/** The backup that was made, and how to bring it back. */
export function renderBackup(
  { path, sha256, sizeBytes = 0, restoreCommand }: BackupReport,
  theme: Theme,
): string {
  if (path === undefined || sha256 === undefined) return "";
  return renderFile({ path, sizeBytes }, theme) +
    `SHA-256 ${sha256}\n${renderWayBack(restoreCommand ?? "")}`;
}

/** The same in the result of a run. */
export function renderRunBackup(backup: RunBackup, theme: Theme): string {
  return renderFile(backup, theme) + renderWayBack(backup.restoreCommand);
}

/** Whether a run would make a backup first, and why. */
export function renderBackupDecision(
  { decision, reason }: BackupDecision,
  theme: Theme,
): string {
  const would = decision === "made" ? "would be made first" : "none";
  const tone = decision === "made" ? "warning" : "dim";
  return `${paint(theme, tone, `backup: ${would}, as ${showText(reason)}`)}\n`;
}

/** What a restore did or would do. */
export function renderRestore(report: RestoreReport, theme: Theme): string {
  if (!isPreview(report) || report.status === undefined) return "";
  const lines = describe(report).map((line) => `${line}\n`).join("");
  return `${lines}${paint(theme, "strong", RESTORE_SUMS[report.status])}\n`;
}

/** The question whether a backup is to be restored. */
export function renderRestoreQuestion(preview: RestorePreview): string {
  return [
    ...describe(preview),
    `Replace what it holds in ${
      showText(preview.target)
    }? What was written since is lost there.`,
  ].join("\n");
}

/** What a restore came to. */
export const RESTORE_SUMS = {
  done: "Restored.",
  proposed: "Could be restored. Nothing was changed.",
  declined: "Nothing was changed, as the answer was no.",
} as const;

function isPreview(
  report: RestoreReport,
): report is RestoreReport & RestorePreview {
  return report.path !== undefined && report.sha256 !== undefined;
}

function describe(preview: RestorePreview): readonly string[] {
  const { path, sizeBytes, database, createdAt, serverVersion } = preview;
  const sure = preview.checksum === "confirmed"
    ? "unchanged since it was made"
    : "of unknown origin";
  return [
    `${showText(path)}: ${formatBytes(sizeBytes)}, ${sure}`,
    `database "${showText(database)}" of ${showText(createdAt)}, ` +
    `PostgreSQL ${showText(serverVersion)}, ` +
    `${count(preview.tables, "table")} with data`,
  ];
}

function renderFile(
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  theme: Theme,
): string {
  const text = `backup: ${showText(path)}, ${formatBytes(sizeBytes)}`;
  return `${paint(theme, "good", text)}\n`;
}

function renderWayBack(command: string): string {
  return `restore it with: ${showText(command)}\n`;
}
