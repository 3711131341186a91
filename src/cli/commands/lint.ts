import { exitOf, type Report } from "../../core/report.ts";
import type { LintOptions } from "../../core/lint/lint_report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import type { Command, Flags } from "./command.ts";

/** Checks migration files against rules. */
export const lint: Command = {
  name: "lint",
  summary: "Find what is risky in migration files",
  help:
    `Reads SQL files with the grammar of PostgreSQL and lists what would stop others, lose data or break programs that are running, each with its line and what to do instead. Without files it looks at all of the migrations folder, the rollbacks included. Without --live it connects to nothing. Without --fix it changes nothing.

A table that a file makes is new to that file: it has no rows, and nobody uses it, so that an index on it harms nobody. With --together it is new to the files after it, too, as where all of them run at once.

A line "-- lockstep: lint-ignore <rule>, <rule>: <reason>" before a statement keeps findings about that statement quiet; before the first statement, those about the whole file. It needs a reason. One that keeps nothing quiet is reported.

With --locks it first lists every statement with the tables that it locks and how: whether others cannot write, or not even read, whether all rows are read or written anew meanwhile, and how to stop fewer. A lock lasts until the transaction ends, so a statement that is done at once still stops others if what follows takes long. What functions, triggers and foreign keys of the database lock besides is not in a file; a statement that can lock anything, such as DO, is called unknown.

With --live it asks the database of the settings, in one round trip, for the size of every table that the files name, its estimated rows and its traffic. Findings and locks then show the size. What reads or writes a whole table is only a hint where the table has fewer than 10,000 rows and 16 MB. How long it takes depends on disks and load, so no duration is made up.

With --fix it writes the safe form into the files, where no person has to decide: CREATE INDEX becomes CONCURRENTLY; a foreign key or a CHECK is added NOT VALID, and a migration that is added behind all others validates it, since a VALIDATE in the same transaction would keep the strong lock; SET NOT NULL becomes a CHECK in the same way, and the added migration validates it, sets NOT NULL and drops the CHECK again. All else in a file stays as it is, byte for byte. Hints are left alone. Files that are applied are never changed: so it needs --live, or the names of files. Partitioned tables are left alone with --live, as the server does not take these forms for them. --dry-run only shows what it would write.

Findings from --fail-on upwards make it exit with 3: error, if nothing is given, none with off. migrate looks at the same when --fail-on is given. The rules are in the reference.`,
  arguments: [{
    name: "files",
    summary: "The files, anywhere; without any, the migrations folder",
    amount: "any",
  }],
  flags: [
    {
      name: "fix",
      summary: "Write the safe form of what can be fixed without a person",
    },
    { name: "dry-run", summary: "With --fix: only show what it would write" },
    {
      name: "live",
      summary: "Ask the database how big the tables are, and judge by that",
    },
    {
      name: "locks",
      summary: "Say how each statement locks tables, and what that stops",
    },
    {
      name: "together",
      summary: "What one file makes is new to the files after it, too",
    },
  ],
  examples: [
    {
      command: "lockstep lint --fix --live --dry-run",
      summary: "See what could be written in a safer form",
    },
    { command: "lockstep lint", summary: "Check all migrations" },
    {
      command: "lockstep lint migrations/004_add_email.sql --fail-on warning",
      summary: "Check one file before a commit, strictly",
    },
    {
      command: "lockstep lint migrations/004_add_email.sql --locks",
      summary: "See what a file would stop",
    },
    {
      command: "lockstep lint --output sarif > lint.sarif",
      summary: "For code scanning",
    },
  ],
  exits: ["findings", "connection"],
  secretVariables: "optional",
  async run(context) {
    const manager = await context.manager();
    return await manager.lint({
      files: context.arguments,
      ...fixOf(context.flags),
      ...(context.flags.has("live") && { live: true }),
      ...(context.flags.has("locks") && { locks: true }),
      newFor: context.flags.has("together") ? "all" : "file",
    });
  },
  chooseExit,
};

function fixOf(flags: Flags): Pick<LintOptions, "fix"> {
  const isPreview = flags.has("dry-run");
  if (flags.has("fix")) return { fix: isPreview ? "preview" : "write" };
  if (!isPreview) return {};
  throw new UsageError(
    "invalid_argument",
    "Cannot use --dry-run as lint changes nothing without --fix",
    { hint: "add --fix, or leave --dry-run out" },
  );
}

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "lint") return exit;
  return report.success ? exit : "findings";
}
