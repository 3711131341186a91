import { exitOf, type Report, type VersionState } from "../../core/report.ts";
import { selectVersions } from "../../core/status_selection.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Shows how files and history stand. */
export const status: Command = {
  name: "status",
  summary: "Show what is applied and what is pending",
  help:
    `Compares the migrations folder with the tracking table and lists every version with its state: applied, pending, failed, rolled back, changed since it was applied, its file missing, out of order, or stopped part-way. It shows when it was applied, or rolled back, how long it took, and where its rollback is: in the folder ("file"), only in the tracking table ("kept"), or nowhere ("none"); the error of an attempt that failed, with the time; and a rollback that failed and was undone. It names the run that holds the lock, if one does. The counts above the list are of all versions, also of those that --limit and --pending leave out; the second line counts what should not be, and versions without a rollback. On a terminal of 120 columns or more it also shows who did it, and the file.

It changes nothing and takes no lock, and works before the tracking table is there.`,
  arguments: [],
  flags: [
    {
      name: "limit",
      placeholder: "n",
      summary: "List the newest n versions; 0 lists all, as without it",
    },
    { name: "pending", summary: "List only what is to be done" },
    {
      name: "exit-code",
      summary: "Exit with 3 when something is pending, failed or changed",
    },
  ],
  examples: [
    { command: "lockstep status", summary: "See where the database is" },
    {
      command: "lockstep status --pending",
      summary: "See only what is to be done",
    },
    {
      command: "lockstep status --exit-code --quiet",
      summary: "Ask in a script whether there is work to do",
    },
    {
      command: "lockstep status --json",
      summary: "The same for a program",
    },
  ],
  exits: ["findings", "connection"],
  secretVariables: "optional",
  async run(context) {
    const limit = readLimit(context.flags);
    const manager = await context.manager();
    return selectVersions(await manager.getStatus(), {
      only: context.flags.has("pending") ? "pending" : "all",
      ...(limit > 0 && { limit }),
    });
  },
  chooseExit,
};

function readLimit(flags: Flags): number {
  const text = flagText(flags, "limit") ?? "0";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(
    "invalid_argument",
    `Cannot list "${text}" versions as that is no number`,
    { hint: "use a whole number, such as --limit 20; 0 lists all" },
  );
}

const SETTLED: readonly string[] = [
  "applied",
  "rolled_back",
  "baseline",
] satisfies readonly VersionState[];

function chooseExit(report: Report, flags: Flags): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "status") return exit;
  if (!flags.has("exit-code")) return exit;
  const isSettled = report.pendingMigrations === 0 &&
    report.failedMigrations === 0 &&
    Object.keys(report.states).every((state) => SETTLED.includes(state));
  return isSettled ? exit : "findings";
}
