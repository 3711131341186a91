import { resolve } from "node:path";
import type { AdoptReport } from "../../core/adopt/adopt_report.ts";
import type { ForeignTool } from "../../core/adopt/foreign.ts";
import {
  FOREIGN_TOOLS,
  foreignToolNamed,
} from "../../core/adopt/foreign_tools.ts";
import { isForceable } from "../../core/adopt/judge_adopted.ts";
import { type AdoptPlan, planAdopt } from "../../core/adopt/plan_adopt.ts";
import { showName } from "../../core/display.ts";
import type { Finding } from "../../core/finding.ts";
import type { AdoptOptions } from "../../core/manager_options.ts";
import { findNearest } from "../../core/suggestion.ts";
import { type LockstepError, UsageError } from "../../errors.ts";
import { shownPath } from "../migration_folder.ts";
import { connectionFindings } from "../loading.ts";
import { describeTarget } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { requireUntracked } from "../require_untracked.ts";
import { requireFree } from "./adopted_files.ts";
import { executeAdopt } from "./execute_adopt.ts";
import { readForeignFolder } from "./foreign_folder.ts";
import { readForeignTables } from "./foreign_history.ts";

/** What to adopt, and how it is decided. */
export interface AdoptWork extends Omit<AdoptOptions, "decide"> {
  /** Asked with the plan before anything is written; absent for a yes. */
  readonly decide?: AdoptOptions["decide"] | undefined;
}

/**
 * Takes another tool's files and history over: reads both, plans, and, when it
 * is decided so, writes files in our layout and records what is applied.
 */
export async function adopt(
  target: Target,
  work: AdoptWork,
): Promise<AdoptReport> {
  let report: AdoptReport = {
    kind: "adopt",
    success: true,
    status: "planned",
    tool: work.from,
    table: target.settings.table,
    migrations: [],
    left: [],
    findings: [],
    forced: [],
    warnings: [],
  };
  const note: Note = (found) => report = { ...report, ...found };
  try {
    await attempt(target, work, { note, soFar: () => report });
    return report;
  } catch (failure) {
    return withError(report, requireKnown(failure));
  }
}

type Note = (found: Partial<AdoptReport>) => void;

/** The report as it grows. */
interface Draft {
  readonly note: Note;
  readonly soFar: () => AdoptReport;
}

function withError(report: AdoptReport, error: LockstepError): AdoptReport {
  return { ...report, success: false, error };
}

async function attempt(
  target: Target,
  work: AdoptWork,
  { note, soFar }: Draft,
): Promise<void> {
  const { settings, names } = target;
  const { source, historyTable } = work;
  const tool = requireTool(work.from);
  note({ ...(tool.checksum !== undefined && { checksum: tool.checksum }) });
  const folder = readForeignFolder(tool, source, settings.cwd);
  note({ source: folder.path });
  requireOtherFolder(target, folder.path);
  await using connection = await target.connect();
  note({ target: describeTarget(connection.target) });
  if (work.dryRun !== true) requireWritable(connection);
  const tables = await readForeignTables(connection, tool, {
    names,
    historyTable,
  });
  note({ historyTable: tables.historyTable });
  await requireUntracked(connection, names, `adopt from ${tool.title}`);
  const reading = tool.read({ files: folder.files, rows: tables.rows });
  const plan = planAdopt(reading, tool, {
    source: folder.path,
    target: shownPath(settings.migrationsDir, settings.cwd),
  });
  const open = notePlan(plan, work, note);
  const warnings = plan.findings.filter(({ severity }) =>
    severity === "warning"
  );
  note({
    left: reading.left,
    warnings: [...await connectionFindings(target), ...warnings],
  });
  requireFree({ dir: settings.migrationsDir, cwd: settings.cwd }, plan.files);
  if (open.length > 0 || work.dryRun === true) return;
  if (await work.decide?.(soFar()) === false) {
    return note({ status: "declined" });
  }
  const runId = await executeAdopt(
    { target, tool, historyTable },
    { connection, plan, tables },
  );
  note({ runId, status: "done" });
}

/** What stops it, after those that `--force` goes past. */
function notePlan(
  { migrations, findings }: AdoptPlan,
  { force }: AdoptWork,
  note: Note,
): readonly Finding[] {
  const errors = findings.filter(({ severity }) => severity === "error");
  const forced = force === true ? errors.filter(isForceable) : [];
  const open = errors.filter((finding) => !forced.includes(finding));
  note({ migrations, findings: open, forced, success: open.length === 0 });
  return open;
}

function requireTool(name: string): ForeignTool {
  const tool = foreignToolNamed(name);
  if (tool !== undefined) return tool;
  const names = FOREIGN_TOOLS.map((one) => one.name);
  const nearest = findNearest(name, names);
  throw new UsageError(
    "invalid_argument",
    `Cannot adopt from "${showName(name)}" as that tool is not known here`,
    {
      hint: nearest === undefined
        ? `the tools are ${names.join(", ")}`
        : `did you mean "${nearest}"?`,
    },
  );
}

function requireOtherFolder({ settings }: Target, source: string): void {
  const { migrationsDir, cwd } = settings;
  if (resolve(cwd, migrationsDir) !== resolve(cwd, source)) return;
  throw new UsageError(
    "invalid_argument",
    `Cannot write migrations to "${showName(source)}" as that is the folder ` +
      "of the other tool",
    {
      hint:
        "name a folder for ours with --migrations-dir, here and later; or " +
        "move theirs away first and name it with --source",
    },
  );
}
