import { exitOf, type Report, type VersionState } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import type { Command, Flags } from "./command.ts";

/** Shows how files and history stand. */
export const status: Command = {
  name: "status",
  summary: "Show what is applied and what is pending",
  help:
    `Compares the migrations folder with the tracking table and lists every version with its state: applied, pending, failed, rolled back, changed since it was applied, its file missing, out of order, or stopped part-way. It shows when it was applied, or rolled back, how long it took, and where its rollback is: in the folder ("file"), only in the tracking table ("kept"), or nowhere ("none"); the error of an attempt that failed, with the time; and a rollback that failed and was undone. It names the run that holds the lock, if one does.

It changes nothing and takes no lock, and works before the tracking table is there.`,
  arguments: [],
  flags: [{
    name: "exit-code",
    summary: "Exit with 3 when something is pending, failed or changed",
  }],
  examples: [
    { command: "lockstep status", summary: "See where the database is" },
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
    const manager = await context.manager();
    return await manager.getStatus();
  },
  chooseExit,
};

const SETTLED: readonly VersionState[] = ["applied", "rolled_back", "baseline"];

function chooseExit(report: Report, flags: Flags): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "status") return exit;
  if (!flags.has("exit-code")) return exit;
  const isSettled = report.pendingMigrations === 0 &&
    report.failedMigrations === 0 &&
    report.versions.every(({ state }) => SETTLED.includes(state));
  return isSettled ? exit : "findings";
}
