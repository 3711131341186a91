import { describeHolder } from "../core/lock.ts";
import type {
  StatusReport,
  VersionState,
  VersionStatus,
} from "../core/report.ts";
import {
  type Cell,
  clipText,
  count,
  formatDuration,
  formatInstant,
  renderTable,
  type Row,
  showText,
} from "./layout.ts";
import {
  errorLine,
  labelOf,
  momentOf,
  STATE_SIGNS,
  STATE_TONES,
  STATE_WORDS,
} from "./status_words.ts";
import { paint, symbol, type Theme, type Tone, UNPAINTED } from "./theme.ts";

/** From so many columns on, a status shows more of each version. */
const WIDE_COLUMNS = 120;

/** How files and history stand: the counts, then a line for each version. */
export function renderStatus(report: StatusReport, theme: Theme): string {
  const { versions, omittedVersions = 0 } = report;
  if (!report.success && versions.length === 0) return "";
  const holder = report.lockHolder === undefined
    ? ""
    : `locked by ${showText(describeHolder(report.lockHolder))}\n`;
  const head = `${countLines(report, theme).join("\n")}\n${holder}`;
  if (versions.length === 0) {
    const none = omittedVersions === 0 && report.isOnlyPending === undefined
      ? "No migrations yet."
      : "Nothing to apply.";
    return `${head}${none}\n`;
  }
  return `${head}\n${renderVersions(versions, theme)}${renderRest(report)}`;
}

/** The counts in one line. */
export function describeCounts(report: StatusReport): string {
  return countLines(report, UNPAINTED).join(", ");
}

function renderRest({ omittedVersions = 0 }: StatusReport): string {
  return omittedVersions === 0
    ? ""
    : `and ${count(omittedVersions, "older version")}; --limit 0 lists all\n`;
}

type Amount = readonly [number: number, word: string, tone: Tone];

/** What there always is, then what there should not be. */
function countLines(report: StatusReport, theme: Theme): readonly string[] {
  const { states } = report;
  const usual: readonly Amount[] = [
    [report.appliedMigrations, "applied", "good"],
    [report.pendingMigrations, "pending", "warning"],
    [report.failedMigrations, "failed", "bad"],
    [report.rolledBackMigrations, "rolled back", "dim"],
  ];
  const odd: readonly Amount[] = [
    [states.changed ?? 0, "changed", "bad"],
    [states.missing ?? 0, "file missing", "bad"],
    [states.out_of_order ?? 0, "out of order", "bad"],
    [report.withoutRollback, "without rollback", "warning"],
  ];
  return [usual, odd.filter(([number]) => number > 0)]
    .filter((amounts) => amounts.length > 0)
    .map((amounts) => joinAmounts(amounts, theme));
}

function joinAmounts(amounts: readonly Amount[], theme: Theme): string {
  return amounts.map(([number, word, tone]) => {
    const text = `${number} ${word}`;
    return number === 0 ? text : paint(theme, tone, text);
  }).join(", ");
}

function renderVersions(
  versions: readonly VersionStatus[],
  theme: Theme,
): string {
  const isWide = (theme.columns ?? 0) >= WIDE_COLUMNS;
  const columns = isWide ? [...COLUMNS, ...WIDE] : COLUMNS;
  const header: Row = {
    cells: columns.map(({ title }) => ({ text: title, tone: "dim" })),
  };
  const rows = versions.map((version): Row => ({
    cells: columns.map(({ cell }) => cell(version, theme)),
    notes: notesOf(version).map((note) => renderNote(note, theme)),
  }));
  return renderTable([header, ...rows], {
    align: columns.map((column) => column.align ?? "left"),
    flexible: 1,
    indent: "",
  }, theme);
}

interface Column {
  readonly title: string;
  readonly align?: "right";
  cell(version: VersionStatus, theme: Theme): Cell;
}

const COLUMNS: readonly Column[] = [
  {
    title: "",
    cell: ({ state }, theme) => ({
      text: symbol(theme, STATE_SIGNS[state]),
      tone: STATE_TONES[state],
    }),
  },
  {
    title: "migration",
    cell: (version) => ({ text: showText(labelOf(version)) }),
  },
  {
    title: "state",
    cell: ({ state }) => ({
      text: STATE_WORDS[state],
      tone: STATE_TONES[state],
    }),
  },
  {
    title: "when",
    cell: (version) => {
      const when = momentOf(version);
      return { text: when === undefined ? "" : formatInstant(when) };
    },
  },
  {
    title: "took",
    align: "right",
    cell: ({ executionTimeMs }) => ({
      text: executionTimeMs === undefined
        ? ""
        : formatDuration(executionTimeMs),
    }),
  },
  {
    title: "rollback",
    cell: ({ rollback }) =>
      rollback === "none" ? { text: "none", tone: "dim" } : { text: rollback },
  },
];

const WIDE: readonly Column[] = [
  {
    title: "who",
    cell: ({ client = "" }) => ({ text: showText(client) }),
  },
  {
    title: "file",
    cell: ({ path = "" }) => ({ text: showText(path), tone: "dim" }),
  },
];

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
