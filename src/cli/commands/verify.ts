import { exitOf, type Report } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import type { Command } from "./command.ts";

/** Checks files against history. */
export const verify: Command = {
  name: "verify",
  summary: "Check files, history and log",
  help:
    `Reads the migrations folder, the tracking table with its log, and the down scripts that are kept, and lists all that does not fit, each with what to do: files that changed after they were applied, are gone or have another name; versions that failed or stopped part-way; pending files older than an applied version; files or rows with the same number; rollbacks without their migration; rows with empty or odd values; kept down scripts that are not what their checksum says; and rows of the log that do not fit the chain of hashes, or are not there.

It changes nothing and takes no lock. Findings make it exit with 3. Most of them "lockstep repair" can settle.`,
  arguments: [],
  flags: [],
  examples: [
    { command: "lockstep verify", summary: "See what does not fit" },
    {
      command: "lockstep verify --quiet",
      summary: "Ask in a script whether all is well",
    },
    { command: "lockstep verify --json", summary: "The same for a program" },
  ],
  exits: ["findings", "connection"],
  secretVariables: "optional",
  async run(context) {
    const manager = await context.manager();
    return await manager.verify();
  },
  chooseExit,
};

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "verify") return exit;
  return report.findings.length === 0 ? exit : "findings";
}
