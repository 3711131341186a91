import type { Report, RunAnswer } from "../../core/report.ts";
import { exitOf } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import type { Command, Flags } from "./command.ts";

/** Shows what `migrate` would do. */
export const plan: Command = {
  name: "plan",
  summary: "Show what migrate would do",
  help:
    `Shows what "migrate" would do, with the same version and --force: each pending migration with its segments, which are the statements that share one transaction, or the one that can have none. For each it says how many statements there are, on which lines, and why it stands apart.

It reads every file from end to end and finds what "migrate" would refuse, with file, line and column. It changes nothing and takes no lock.`,
  arguments: [{
    name: "version",
    summary: "The last version to apply; all when it is left out",
    amount: "optional",
  }],
  flags: [
    { name: "sql", summary: "Print the SQL of each segment, too" },
    {
      name: "force",
      summary: "Go past changed and missing files, and print each one",
    },
    {
      name: "exit-code",
      summary: "Exit with 3 when something is pending",
    },
  ],
  examples: [
    { command: "lockstep plan", summary: "See what is to be done and how" },
    {
      command: "lockstep plan 002 --sql",
      summary: "See the SQL up to version 002",
    },
    {
      command: "lockstep plan --exit-code --quiet",
      summary: "Ask in a script whether there is work to do",
    },
  ],
  exits: ["findings", "connection"],
  async run(context) {
    const [version] = context.arguments;
    const manager = await context.manager();
    const report = await manager.migrate({
      ...(version === undefined ? {} : { version }),
      dryRun: true,
      force: context.flags.has("force"),
    });
    return context.flags.has("sql") ? report : withoutSql(report);
  },
  chooseExit,
};

function withoutSql(report: RunAnswer): Report {
  if (report.kind !== "plan") return report;
  const steps = report.steps.map((step) => ({
    ...step,
    segments: step.segments.map((segment) => {
      const { statements: _statements, omitted: _omitted, ...outline } =
        segment;
      return outline;
    }),
  }));
  return { ...report, steps };
}

function chooseExit(report: Report, flags: Flags): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "plan") return exit;
  const isPending = report.steps.length > 0;
  return isPending && flags.has("exit-code") ? "findings" : exit;
}
