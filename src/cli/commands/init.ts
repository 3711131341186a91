import { PLAIN_FORMATS } from "../../core/output_format.ts";
import type { Command } from "./command.ts";

/** Creates the tracking tables. */
export const init: Command = {
  name: "init",
  summary: "Create the tracking tables",
  help:
    `Creates the tracking table with its log, view and function, or adds to a table that was made from migration_tracker.sql what it lacks. Existing rows stay as they are. "migrate" does the same by itself; this command is for those who want to see it happen first.

With --sql it connects to nothing and prints the statements, for a person who may create tables when lockstep may not.

It never alters a table of that name which belongs to another tool, nor a view which does not show the history.`,
  arguments: [],
  flags: [{ name: "sql", summary: "Print the statements and run nothing" }],
  examples: [
    { command: "lockstep init", summary: "Create the tables" },
    {
      command: "lockstep init --sql > migration_tracker.sql",
      summary: "Write the statements to a file",
    },
  ],
  formats: PLAIN_FORMATS,
  exits: ["findings", "locked", "failed", "connection"],
  secretVariables: "optional",
  async run(context) {
    const manager = await context.manager();
    return await manager.init({ sql: context.flags.has("sql") });
  },
};
