import type { LogEntry } from "../core/log_entry.ts";
import type { HistoryReport } from "../core/report.ts";
import {
  clipText,
  formatDuration,
  formatInstant,
  renderTable,
  type Row,
  showText,
} from "./layout.ts";
import { paint, type Theme, type Tone } from "./theme.ts";

/** A line for each attempt, newest first. */
export function renderHistory(report: HistoryReport, theme: Theme): string {
  if (!report.success) return "";
  if (report.entries.length === 0) return "Nothing is recorded yet.\n";
  return renderTable(
    [HEADER, ...report.entries.map((entry) => entryRow(entry, theme))],
    {
      align: ["left", "left", "left", "right", "left"],
      flexible: 1,
      indent: "",
    },
    theme,
  );
}

const HEADER: Row = {
  cells: ["when", "migration", "what", "took", "who"].map((text) => ({
    text,
    tone: "dim",
  })),
};

function entryRow(entry: LogEntry, theme: Theme): Row {
  return {
    cells: [
      { text: formatInstant(entry.finishedAt) },
      { text: showText(nameOfEntry(entry)) },
      { text: wordsOf(entry), tone: OUTCOME_TONES[entry.outcome] ?? "dim" },
      { text: formatDuration(entry.durationMs) },
      { text: showText(whoOf(entry)) },
    ],
    notes: notesOf(entry).map((note) => renderNote(note, theme)),
  };
}

/** The migration that an entry is about, or the backup, or the schema. */
export function nameOfEntry({ direction, version, name }: LogEntry): string {
  const isOfVersion = !["backup", "restore", "drift"].includes(direction);
  return isOfVersion ? `${version}_${name}` : name;
}

function wordsOf({ outcome, direction }: LogEntry): string {
  const words = OUTCOME_WORDS[outcome] ?? showText(outcome);
  const isUndone = outcome === "failed" || outcome === "partial";
  return isUndone && direction === "rollback" ? `rollback ${words}` : words;
}

/** The database user adds nothing when the client has the same name. */
function whoOf({ client, databaseUser, clientAddress }: LogEntry): string {
  const role = client.startsWith(`${databaseUser}@`)
    ? ""
    : ` as ${databaseUser}`;
  const address = clientAddress === undefined ? "" : ` (${clientAddress})`;
  return `${client}${role}${address}`;
}

function notesOf(entry: LogEntry): readonly string[] {
  const notes: string[] = [];
  if (entry.error !== undefined) {
    const code = entry.sqlstate === undefined ? "" : ` (${entry.sqlstate})`;
    notes.push(`${entry.error.split("\n")[0]}${code}`);
  }
  if (entry.reason !== undefined) notes.push(reasonOf(entry.reason, entry));
  return notes;
}

function reasonOf(reason: string, { direction }: LogEntry): string {
  const isDetail = direction === "backup" || direction === "restore";
  return isDetail ? reason : `reason: ${reason}`;
}

function renderNote(note: string, theme: Theme): string {
  const width = theme.columns === undefined ? Infinity : theme.columns - 4;
  return paint(theme, "dim", clipText(showText(note), width, theme));
}

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  applied: "applied",
  rolled_back: "rolled back",
  failed: "failed",
  partial: "stopped part-way",
  backup: "backed up",
  restoring: "restore begun",
  restored: "restored",
  restore_failed: "restore failed",
  accept_checksum: "changed file accepted",
  adopt_file: "renamed file adopted",
  complete_row: "row filled in",
  mark_applied: "marked as applied",
  mark_not_applied: "marked as not applied",
  remove_row: "row removed",
  retry: "to be retried",
  adopted: "adopted",
  baselined: "recorded as baseline",
  accepted: "accepted as it is",
};

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  applied: "good",
  failed: "bad",
  partial: "bad",
  restored: "good",
  restore_failed: "bad",
};
