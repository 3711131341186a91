import { exitOf, type Report } from "../../core/report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { renderBaselineQuestion } from "../../report/adopt_text.ts";
import { YES_FLAG } from "../confirm.ts";
import type { Command } from "./command.ts";

/** Starts the history of a database that has a schema already. */
export const baseline: Command = {
  name: "baseline",
  summary: "Start the history of a database that was never tracked",
  help:
    `Records every migration up to and including a version as applied, without running it: for a database whose schema is there already, made by hand or by these very files. It shows them, asks, and writes the rows in one transaction, under the lock of "migrate", with a row each in the log.

With --dump it first writes the schema of the database, as pg_dump has it, as the file of that version, so that a new database can be made from it. Owners, tablespaces, subscriptions and the tracking tables are left out; rights stay, and the roles that they name must be there when the file runs. Data is not written.

It stops where something is tracked already, by us or by another tool: then see "lockstep repair --mark-applied" and "lockstep adopt". It does not look whether the schema is what the files make.`,
  arguments: [{
    name: "version",
    summary: "The newest migration that the schema has",
    amount: "one",
  }],
  flags: [
    { name: "dump", summary: "Write the schema as the file of that version" },
    { name: "dry-run", summary: "Show what would be done and do nothing" },
    YES_FLAG,
  ],
  examples: [
    {
      command: "lockstep baseline 003",
      summary: "Say that the database has all up to 003",
    },
    {
      command: "lockstep baseline 001 --dump",
      summary: "Write the schema as it is to the first migration",
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
  async run(context) {
    const [version] = context.arguments;
    if (version === undefined) throw noVersion();
    const manager = await context.manager();
    return await manager.baseline({
      version,
      dump: context.flags.has("dump"),
      dryRun: context.flags.has("dry-run"),
      decide: (plan) => context.confirm(renderBaselineQuestion(plan)),
    });
  },
  chooseExit,
};

function noVersion(): UsageError {
  return new UsageError(
    "missing_argument",
    "Cannot record a baseline as no version is named",
    { hint: "name the newest migration that the schema has" },
  );
}

/** After a "no", nothing is recorded. */
function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  const isDeclined = report.kind === "baseline" && report.status === "declined";
  return exit === "success" && isDeclined ? "locked" : exit;
}
