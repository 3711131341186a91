import type {
  ChangedValue,
  RepairReport,
  RepairStatus,
  RepairStep,
  RepairStepOutcome,
} from "../core/repair/repair_report.ts";
import { renderRunBackup } from "./backup_text.ts";
import { countFindings } from "../core/count_findings.ts";
import { renderFindingLines } from "./finding_text.ts";
import { count, showText } from "./layout.ts";
import { paint, symbol, type Theme, type Tone } from "./theme.ts";

/** What was changed or would be, and what is left that needs a look. */
export function renderRepair(report: RepairReport, theme: Theme): string {
  const { changes, findings } = report;
  if (changes.length === 0 && report.error !== undefined) return "";
  if (changes.length === 0 && findings.length === 0) {
    return "Nothing to repair.\n";
  }
  const steps = changes.map((change) => renderChange(change, theme)).join("");
  const found = renderFindingLines(findings, theme);
  const isMade = changes.some(({ status }) => status === "done");
  // What is wrong comes before what is proposed, what is left after it.
  const body = isMade ? steps + found : found + steps;
  const backup = report.backup === undefined
    ? ""
    : renderRunBackup(report.backup, theme);
  return `${body}${backup}${paint(theme, "strong", renderSum(report))}\n`;
}

/** The question whether a change is to be made. */
export function renderRepairQuestion(step: RepairStep): string {
  const [first = "", ...rest] = step.message;
  return [
    ...(step.why ?? []).map((why) => `${showText(why)}.`),
    ...step.values.map((value) => `  ${showValue(value)}`),
    `${first.toUpperCase()}${showText(rest.join(""))}?`,
  ].join("\n");
}

function renderChange(change: RepairStepOutcome, theme: Theme): string {
  const { word, sign, tone } = STATUSES[change.status];
  const notes = change.values.map((value) =>
    paint(theme, "dim", `    ${showValue(value)}`) + "\n"
  );
  const end = word === "" ? "" : paint(theme, tone, `: ${word}`);
  return `${paint(theme, tone, symbol(theme, sign))}  ` +
    `${showText(change.message)}${end}\n${notes.join("")}`;
}

const STATUSES: Readonly<
  Record<
    RepairStatus,
    {
      readonly word: string;
      readonly sign: "done" | "failed" | "waiting" | "partial";
      readonly tone: Tone;
    }
  >
> = {
  done: { word: "", sign: "done", tone: "good" },
  proposed: { word: "", sign: "waiting", tone: "dim" },
  declined: { word: "declined", sign: "waiting", tone: "dim" },
  obsolete: {
    word: "not made, as the history changed meanwhile",
    sign: "failed",
    tone: "bad",
  },
  unknown: { word: "nobody knows", sign: "partial", tone: "bad" },
};

/** One line for a column, with long values such as checksums cut short. */
function showValue({ column, from, to }: ChangedValue): string {
  return `${column}: ${shorten(from)} -> ${shorten(to)}`;
}

function shorten(text: string | undefined): string {
  if (text === undefined) return "(null)";
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}...`;
  const shown = showText(text);
  return shown.length > MAX_VALUE ? `${shown.slice(0, MAX_VALUE)}...` : shown;
}

const MAX_VALUE = 100;

function renderSum(report: RepairReport): string {
  const { findings } = report;
  const left = findings.length === 0
    ? ""
    : ` Left: ${countFindings(findings)}.`;
  return `${renderMade(report)}${left}`;
}

function renderMade({ changes, error }: RepairReport): string {
  const amount = (status: RepairStatus) =>
    changes.filter((change) => change.status === status).length;
  if (amount("done") > 0) return `Made ${count(amount("done"), "change")}.`;
  if (amount("unknown") > 0) return "Nobody knows what was changed.";
  if (amount("proposed") === 0 || error !== undefined) {
    return "Nothing was changed.";
  }
  return `Would make ${count(amount("proposed"), "change")}. ` +
    "Nothing was changed.";
}
