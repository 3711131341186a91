import { describeHolder } from "../core/lock.ts";
import type {
  StatusReport,
  VersionState,
  VersionStatus,
} from "../core/report.ts";
import {
  clipText,
  formatDuration,
  formatInstant,
  renderTable,
  type Row,
  showText,
} from "./layout.ts";
import { paint, type Theme, type Tone } from "./theme.ts";

/** How files and history stand: the counts, then a line for each version. */
export function renderStatus(report: StatusReport, theme: Theme): string {
  if (!report.success && report.versions.length === 0) return "";
  const holder = report.lockHolder === undefined
    ? ""
    : `locked by ${showText(describeHolder(report.lockHolder))}\n`;
  const head = `${renderCounts(report, theme)}\n${holder}`;
  if (report.versions.length === 0) return `${head}No migrations yet.\n`;
  const table = renderTable(
    [HEADER, ...report.versions.map((version) => versionRow(version, theme))],
    {
      align: ["left", "left", "left", "right", "left"],
      flexible: 0,
      indent: "",
    },
    theme,
  );
  return `${head}\n${table}`;
}

function renderCounts(report: StatusReport, theme: Theme): string {
  const counts: readonly (readonly [number, string, Tone])[] = [
    [report.appliedMigrations, "applied", "good"],
    [report.pendingMigrations, "pending", "warning"],
    [report.failedMigrations, "failed", "bad"],
    [report.rolledBackMigrations, "rolled back", "dim"],
  ];
  return counts.map(([number, word, tone]) => {
    const text = `${number} ${word}`;
    return number === 0 ? text : paint(theme, tone, text);
  }).join(", ");
}

const HEADER: Row = {
  cells: ["migration", "state", "when", "took", "rollback"].map((text) => ({
    text,
    tone: "dim",
  })),
};

function versionRow(version: VersionStatus, theme: Theme): Row {
  const when = version.state === "rolled_back"
    ? version.rolledBackAt
    : version.appliedAt;
  return {
    cells: [
      { text: showText(labelOf(version)) },
      { text: STATE_WORDS[version.state], tone: STATE_TONES[version.state] },
      { text: when === undefined ? "" : formatInstant(when) },
      {
        text: version.executionTimeMs === undefined
          ? ""
          : formatDuration(version.executionTimeMs),
      },
      version.rollback === "none"
        ? { text: "none", tone: "dim" }
        : { text: version.rollback },
    ],
    notes: notesOf(version).map((note) => renderNote(note, theme)),
  };
}

/** A baseline row may already carry its name in its version. */
function labelOf(version: VersionStatus): string {
  return version.version.endsWith(version.name)
    ? version.version
    : `${version.version}_${version.name}`;
}

function notesOf(version: VersionStatus): readonly string[] {
  const notes: string[] = [];
  if (version.statementsDone !== undefined && isPart(version.state)) {
    notes.push(`statements committed: ${version.statementsDone}`);
  }
  if (version.error !== undefined && isBroken(version.state)) {
    // A later attempt whose outcome is not known leaves the error before it.
    const at = version.errorAt === undefined
      ? ""
      : `${formatInstant(version.errorAt)}: `;
    notes.push(`${at}${errorLine({ ...version, error: version.error })}`);
  }
  const { failedRollback } = version;
  if (failedRollback !== undefined) {
    const at = formatInstant(failedRollback.failedAt);
    notes.push(`rollback undone at ${at}: ${errorLine(failedRollback)}`);
  }
  if (version.state === "rolled_back" && version.rollbackReason !== undefined) {
    notes.push(`reason: ${version.rollbackReason}`);
  }
  return notes;
}

function errorLine(
  { error, sqlstate }: { readonly error: string; readonly sqlstate?: string },
): string {
  const code = sqlstate === undefined ? "" : ` (${sqlstate})`;
  return `${error.split("\n")[0]}${code}`;
}

function renderNote(note: string, theme: Theme): string {
  const text = showText(note);
  const width = theme.columns === undefined ? Infinity : theme.columns - 4;
  return paint(theme, "dim", clipText(text, width, theme));
}

function isPart(state: VersionState): boolean {
  return state === "partly_applied" || state === "partly_rolled_back";
}

function isBroken(state: VersionState): boolean {
  return state === "failed" || isPart(state);
}

const STATE_WORDS: Readonly<Record<VersionState, string>> = {
  applied: "applied",
  pending: "pending",
  failed: "failed",
  rolled_back: "rolled back",
  partly_applied: "partly applied",
  partly_rolled_back: "partly rolled back",
  out_of_order: "out of order",
  changed: "changed",
  missing: "file missing",
  baseline: "baseline",
};

const STATE_TONES: Readonly<Record<VersionState, Tone>> = {
  applied: "good",
  pending: "warning",
  failed: "bad",
  rolled_back: "dim",
  partly_applied: "bad",
  partly_rolled_back: "bad",
  out_of_order: "bad",
  changed: "bad",
  missing: "bad",
  baseline: "dim",
};
