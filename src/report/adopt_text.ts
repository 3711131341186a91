import type {
  AdoptedMigration,
  AdoptReport,
  BaselineReport,
} from "../core/adopt/adopt_report.ts";
import { renderFindingLines } from "./finding_text.ts";
import { count, renderTable, type Row, showText } from "./layout.ts";
import { paint, symbol, type Theme } from "./theme.ts";

/** What is taken over from another tool, or would be. */
export function renderAdopt(report: AdoptReport, theme: Theme): string {
  const { migrations, findings, left } = report;
  if (migrations.length === 0) {
    return report.error === undefined && findings.length === 0
      ? "Nothing to adopt.\n"
      : renderFindingLines(findings, theme);
  }
  const table = renderTable(
    migrations.map((one) => adoptedRow(one, report, theme)),
    { align: ["left", "left", "left", "left"], flexible: 3, indent: "" },
    theme,
  );
  const leftLines = left.map(({ path, what }) =>
    paint(theme, "dim", `left: ${showText(path)}, ${showText(what)}`) + "\n"
  );
  return `${renderOrigin(report, theme)}${table}${leftLines.join("")}${
    renderFindingLines(findings, theme)
  }${paint(theme, "strong", describeAdopt(report))}\n${renderNext(report)}`;
}

/** What an adoption came to, in one line. */
export function describeAdopt(report: AdoptReport): string {
  const { migrations, status, findings } = report;
  if (status === "declined") return DECLINED;
  if (status !== "done" && findings.length > 0) {
    return findings.length === 1
      ? "Cannot adopt before the finding above is settled."
      : `Cannot adopt before the ${findings.length} findings above are settled.`;
  }
  const files = migrations.flatMap(({ path, downPath }) => [path, downPath])
    .filter((path) => path !== undefined).length;
  const rows = migrations.filter(({ state }) => state !== "pending").length;
  const renumbered = migrations.filter((one) => one.isRenumbered).length;
  const pending = migrations.length - rows;
  const isDone = status === "done";
  return [
    `${isDone ? "Wrote" : "Would write"} ${count(files, "file")}`,
    `${isDone ? "recorded" : "record"} ${count(rows, "row")} in ` +
    showText(report.table),
    `${pending} pending`,
    `${renumbered} renumbered`,
  ].join(", ") + ".";
}

/** The plan and the question whether it is to be done. */
export function renderAdoptQuestion(report: AdoptReport): string {
  return `${renderAdopt(report, PLAIN)}Write these files and rows?`;
}

/** What counts as applied from now on, or would. */
export function renderBaseline(report: BaselineReport, theme: Theme): string {
  const { migrations, status } = report;
  if (migrations.length === 0) return "";
  const isDone = status === "done";
  const sign = symbol(theme, isDone ? "done" : "waiting");
  const lines = migrations.map(({ version, name, path }) =>
    `${paint(theme, isDone ? "good" : "dim", sign)}  ` +
    `${showText(`${version}_${name}`)}  ` +
    `${paint(theme, "dim", showText(path))}\n`
  );
  return `${lines.join("")}${
    paint(theme, "strong", describeBaseline(report))
  }\n`;
}

/** What a baseline came to, in one line. */
export function describeBaseline(report: BaselineReport): string {
  const { migrations, status, dumpBytes } = report;
  if (status === "declined") return DECLINED;
  const isDone = status === "done";
  const file = dumpBytes === undefined
    ? ""
    : `${isDone ? "Wrote" : "Would write"} the schema, ${
      count(dumpBytes, "byte")
    }. `;
  return `${file}${isDone ? "Recorded" : "Would record"} ${
    count(migrations.length, "migration")
  } as applied in ${showText(report.table)}, without running any.`;
}

/** The plan and the question whether it is to be done. */
export function renderBaselineQuestion(report: BaselineReport): string {
  return `${renderBaseline(report, PLAIN)}Record this?`;
}

const PLAIN: Theme = {
  columns: undefined,
  colors: "off",
  symbols: "ascii",
};

const DECLINED = "Nothing was written, as the answer was no.";

function renderOrigin(report: AdoptReport, theme: Theme): string {
  const { source = "", historyTable = "", tool } = report;
  const text = `from ${tool}: ${source} and ${historyTable}`;
  return paint(theme, "dim", showText(text)) + "\n";
}

function adoptedRow(
  one: AdoptedMigration,
  report: AdoptReport,
  theme: Theme,
): Row {
  const { version, name, state, kind } = one;
  const isDone = report.status === "done";
  const label = kind === "no_file" ? version : `${version}_${name}`;
  return {
    cells: [
      {
        text: symbol(theme, isDone ? "done" : "waiting"),
        tone: isDone ? "good" : "dim",
      },
      { text: showText(label) },
      { text: state, tone: state === "pending" ? "warning" : "dim" },
      { text: showText(noteOf(one, report)), tone: "dim" },
    ],
  };
}

function noteOf(one: AdoptedMigration, { checksum }: AdoptReport): string {
  const notes = [
    one.isRenumbered || one.kind === "no_file" ? `was ${one.was}` : "",
    KIND_NOTES[one.kind],
    one.transaction === "off" ? "no transaction" : "",
    one.kind === "sql" && one.downPath === undefined ? "no way back" : "",
    one.check === "same" ? `${checksum ?? "checksum"} compared` : "",
  ];
  return notes.filter((note) => note !== "").join(", ");
}

const KIND_NOTES: Readonly<Record<AdoptedMigration["kind"], string>> = {
  sql: "",
  program: "a program, not translated",
  no_file: "its file is gone",
};

/** Both tools at work would know nothing of each other. */
function renderNext(report: AdoptReport): string {
  const { status, tool, table } = report;
  if (status !== "done") return "";
  const folder = folderOf(report);
  const settings = [
    table === DEFAULT_TABLE ? "" : `LOCKSTEP_TABLE=${showText(table)}`,
    folder === DEFAULT_FOLDER
      ? ""
      : `LOCKSTEP_MIGRATIONS_DIR=${showText(folder)}`,
  ].filter((one) => one !== "").join(" and ");
  const kept = settings === ""
    ? ""
    : `set ${settings}, or the same in lockstep.toml; `;
  return `Next: ${kept}use ${tool} here no more; see "lockstep status".\n`;
}

const DEFAULT_TABLE = "public.schema_migrations";
const DEFAULT_FOLDER = "migrations";

/** The folder that our files were written to. */
function folderOf({ migrations }: AdoptReport): string {
  const path = migrations.find((one) => one.path !== undefined)?.path;
  return path?.slice(0, path.lastIndexOf("/")) ?? DEFAULT_FOLDER;
}
