import { exitOf, type Report } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import { type Command, flagText } from "./command.ts";

/** Runs migrations where nothing can be lost. */
export const rehearse: Command = {
  name: "rehearse",
  summary: "Apply, roll back and apply again in a throwaway database",
  help:
    `Makes a new database on the server of the live one, or with --on on another, and there applies each migration, rolls it back and applies it again, one after the other. Then it rolls all of them back at once and applies them again. Before and after each of these it reads all objects of the schema, as "lockstep drift" does.

Each object that a rollback leaves behind, does not bring back or does not restore is a finding with the name of the migration, and so is what is made otherwise the second time, or does not run. Findings make it exit with 3. That columns come back in another order is a warning only, and so is a migration without a down script; one that is marked irreversible is only applied.

It begins with all files and an empty database; with --pending, with what is pending and a copy of the live schema, without its data. After a rollback that leaves another schema the database is made anew, so that each finding stands for itself. After a migration that cannot be applied it stops.

The database is dropped at the end, also after an error or Ctrl-C; one that a killed process has left is dropped by a later rehearsal. Its name begins with "lockstep_rehearsal_". The role must be allowed to create databases, and the copy may need more: extensions and owners as they are.

The live database is only read, and only with --pending. Without --on, a file with a statement that reaches beyond its database, such as CREATE ROLE or ALTER SYSTEM, is refused; what a function does that is called cannot be seen, so call nothing in migrations that reaches out, or use --on.`,
  arguments: [],
  flags: [
    {
      name: "on",
      placeholder: "url",
      summary: "Make the database on this server, which has nothing of value",
    },
    {
      name: "pending",
      summary: "Only what is pending, on a copy of the live schema",
    },
  ],
  examples: [
    {
      command: "lockstep rehearse --on postgres://postgres@localhost/postgres",
      summary: "See in CI whether every rollback works",
    },
    {
      command: "lockstep rehearse --pending",
      summary: "Try what the next run of migrate would do",
    },
  ],
  exits: ["findings", "failed", "connection", "interrupted", "terminated"],
  async run({ flags, manager }) {
    const on = flagText(flags, "on");
    return await (await manager()).rehearse({
      pending: flags.has("pending"),
      ...(on !== undefined && { on }),
    });
  },
  chooseExit,
};

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  return exit === "success" && !report.success ? "findings" : exit;
}
