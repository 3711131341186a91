import { hash } from "node:crypto";
import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import {
  hasStatements,
  historyRows,
  notReadable,
  notText,
  textOf,
} from "./foreign_text.ts";
import type {
  ForeignFile,
  ForeignInput,
  ForeignReading,
  ForeignRow,
  ForeignTool,
} from "./foreign.ts";
import {
  type AppliedRow,
  joinHistory,
  type KnownFile,
} from "./join_history.ts";
import {
  parseSqitchPlan,
  type SqitchChange,
  type SqitchPlan,
} from "./sqitch_plan.ts";

/** sqitch: a plan, scripts of three kinds, and rows with the SHA-1 of each. */
export const sqitch: ForeignTool = {
  name: "sqitch",
  title: "Sqitch",
  folders: ["."],
  looksAt: (path) =>
    path === "sqitch.plan" || /^(?:deploy|revert|verify)\/$/.test(path) ||
    /^(?:deploy|revert|verify)\/.*(?:\/|\.sql)$/.test(path),
  tables: [{
    role: "history",
    name: "sqitch.changes",
    columns: ["change", "project", "planned_at"],
  }],
  checksum: "SHA-1",
  read,
};

function read(input: ForeignInput): ForeignReading {
  const planFile = input.files.find(({ path }) => path === "sqitch.plan");
  if (planFile === undefined) {
    return { migrations: [], findings: [noPlan()], left: [] };
  }
  const plan = parseSqitchPlan(textOf(planFile) ?? "");
  const findings: Finding[] = [];
  const files = plan.changes.flatMap((change) =>
    readChange(change, input.files, findings)
  );
  const rows = historyRows(input);
  const own = rows.filter((row) => row["project"] === plan.project);
  const joined = joinHistory(files, own.map(readRow));
  return {
    migrations: joined.migrations,
    findings: [
      ...findings,
      ...findOthers(rows, plan),
      ...joined.findings,
    ],
    left: input.files
      .filter(({ path }) => path.startsWith("verify/"))
      .map(({ path }) => ({ path, what: "a verify script" })),
  };
}

function readChange(
  change: SqitchChange,
  files: readonly ForeignFile[],
  findings: Finding[],
): readonly KnownFile[] {
  const deploy = findScript("deploy", change, files);
  if (deploy === undefined) {
    const path = `deploy/${change.name}.sql`;
    findings.push(notReadable(path, "the plan names it and it is not there"));
    return [];
  }
  const revert = findScript("revert", change, files);
  const [sql, downSql] = [deploy, revert].map((file) => file && textOf(file));
  for (const [file, text] of [[deploy, sql], [revert, downSql]] as const) {
    if (file !== undefined && text === undefined) {
      findings.push(notText(file.path));
    }
  }
  if (sql === undefined) return [];
  const actual = hash("sha1", deploy.bytes, "hex");
  return [{
    key: keyOf(change.name, change.plannedAt),
    migration: {
      id: change.name,
      version: digitsOf(change.plannedAt),
      name: change.name,
      source: deploy.path,
      up: { sql },
      ...(downSql !== undefined && hasStatements(downSql) &&
        { down: { sql: downSql } }),
    },
    check: (checksum) => checksum === actual ? "same" : "changed",
  }];
}

/** A change that was reworked later has the next tag in its file name. */
function findScript(
  folder: string,
  { name, reworkTags }: SqitchChange,
  files: readonly ForeignFile[],
): ForeignFile | undefined {
  const names = reworkTags.length === 0
    ? [name]
    : reworkTags.map((tag) => `${name}@${tag}`);
  return names
    .map((one) => files.find(({ path }) => path === `${folder}/${one}.sql`))
    .find((file) => file !== undefined);
}

/** Names repeat, and the time of planning tells them apart. */
function keyOf(name: string, plannedAt: string): string {
  const time = Date.parse(plannedAt);
  return `${name} ${Number.isNaN(time) ? plannedAt : time}`;
}

function digitsOf(plannedAt: string): string {
  return plannedAt.replaceAll(/[^0-9]/g, "");
}

function readRow(row: ForeignRow): AppliedRow {
  const name = row["change"] ?? "";
  const at = row["committed_at"];
  return {
    key: keyOf(name, row["planned_at"] ?? ""),
    id: name,
    name,
    application: at === undefined ? {} : { at },
    checksum: row["script_hash"],
  };
}

function findOthers(
  rows: readonly ForeignRow[],
  { project }: SqitchPlan,
): readonly Finding[] {
  const others = new Set(
    rows.map((row) => row["project"] ?? "").filter((name) => name !== project),
  );
  return [...others].map((name) => ({
    severity: "warning",
    code: "other_project",
    message: `The changes of the project "${showName(name)}" stay with ` +
      `Sqitch, as the plan is that of "${showName(project)}"`,
    hint: "adopt each project with a tracking table of its own, by --table",
  }));
}

function noPlan(): Finding {
  return {
    severity: "error",
    code: "not_adoptable",
    message: `Cannot adopt from Sqitch as the folder has no "sqitch.plan"`,
    hint: "name the folder that has it with --source",
  };
}
