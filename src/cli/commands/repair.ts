import type { Mark } from "../../core/repair/mark.ts";
import type { VersionMark } from "../../core/repair/plan_repair.ts";
import type { RepairStep } from "../../core/repair/repair_report.ts";
import { exitOf, type Report } from "../../core/report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { renderRepairQuestion } from "../../report/repair_text.ts";
import { YES_FLAG } from "../confirm.ts";
import { YES_TO_FLAG } from "../protection.ts";
import {
  type Command,
  type CommandContext,
  type Flags,
  flagText,
} from "./command.ts";

/** Settles what `verify` finds. */
export const repair: Command = {
  name: "repair",
  summary: "Settle what verify finds",
  help:
    `Looks at files and history as "lockstep verify" does, proposes a change of the tracking table for each finding that one can settle, and asks for each before it makes any: it accepts a changed file as it is now, adopts a renamed one, removes the row of a failed migration, fills in what a row lacks, and removes a row without a version or with the number of another. With versions it looks only at these.

What only a person can know is said with a flag: --mark-applied for a version whose effect is there, such as one that was applied or finished by hand, also when it has no row yet; --mark-not-applied for one whose effect is not there, which stays in the table as rolled back if it was applied, and else leaves it; --retry for one that stopped part-way and is to run again from its first statement, after you have undone what it left. Each takes several versions, separated by commas.

In an environment that lockstep.toml marks as protected it asks for its name, too, or takes it from --yes-to.

The changes are made under the lock that "migrate" takes, after another look, in one transaction, each with a row in the log that holds the old values and the reason. A row that was changed meanwhile stops all of it.

It never touches the schema, your data, or the log. A broken log is reported and stays as it is. It exits with 3 while an error is left, and when a change was declined.`,
  arguments: [{
    name: "version",
    summary: "Repair only what is found with these versions",
    amount: "any",
  }],
  flags: [
    {
      name: "mark-applied",
      placeholder: "versions",
      summary: "Record them as applied without running them",
    },
    {
      name: "mark-not-applied",
      placeholder: "versions",
      summary: "Record them as not applied without running anything",
    },
    {
      name: "retry",
      placeholder: "versions",
      summary: "Let them, stopped part-way, start again from the beginning",
    },
    {
      name: "reason",
      placeholder: "text",
      summary: "Why; kept in the log",
    },
    { name: "dry-run", summary: "Show the changes and make none" },
    YES_FLAG,
    YES_TO_FLAG,
  ],
  examples: [
    {
      command: "lockstep repair --dry-run",
      summary: "See what is wrong and what would be changed",
    },
    {
      command: 'lockstep repair 003 --reason "only a comment changed"',
      summary: "Accept a changed file",
    },
    {
      command: "lockstep repair --mark-applied 004 --yes",
      summary: "Say in a script that a version was applied by hand",
    },
    {
      command: "lockstep repair --retry 005",
      summary: "Run a version that stopped part-way from its start",
    },
  ],
  exits: [
    "findings",
    "locked",
    "failed",
    "connection",
    "interrupted",
    "terminated",
  ],
  secretVariables: "optional",
  async run(context) {
    const marks = readMarks(context.flags);
    const reason = flagText(context.flags, "reason");
    const manager = await context.manager();
    return await manager.repair({
      versions: context.arguments,
      marks,
      ...(reason === undefined ? {} : { reason }),
      dryRun: context.flags.has("dry-run"),
      decide: createDecider(context),
    });
  },
  chooseExit,
};

/** Asks for each change, and once for the name of a protected environment. */
function createDecider(
  context: CommandContext,
): (step: RepairStep) => Promise<boolean> {
  let consent: Promise<void> | undefined;
  return async (step) => {
    if (!await context.confirm(renderRepairQuestion(step))) return false;
    consent ??= context.requireProtectedConsent("repair the history");
    await consent;
    return true;
  };
}

const MARK_FLAGS: readonly (readonly [flag: string, mark: Mark])[] = [
  ["mark-applied", "applied"],
  ["mark-not-applied", "not_applied"],
  ["retry", "retry"],
];

function readMarks(flags: Flags): readonly VersionMark[] {
  return MARK_FLAGS.flatMap(([flag, mark]) => {
    const text = flagText(flags, flag);
    if (text === undefined) return [];
    const versions = text.split(",").map((version) => version.trim());
    if (versions.includes("")) throw noVersion(flag);
    return versions.map((version) => ({ version, mark }));
  });
}

function noVersion(flag: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot use the value of "--${flag}" as one of its versions is empty`,
    { hint: `name versions, such as --${flag} 003,004` },
  );
}

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "repair") return exit;
  const isLeft = report.findings.some(({ severity }) => severity === "error") ||
    report.changes.some(({ status }) =>
      status === "declined" || status === "obsolete"
    );
  return isLeft ? "findings" : exit;
}
