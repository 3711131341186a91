import { PLAIN_FORMATS } from "../../core/output_format.ts";
import { UsageError } from "../../errors.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Shows what was done to the database. */
export const history: Command = {
  name: "history",
  summary: "Show what was done, when, by whom, and what failed",
  help:
    `Lists the attempts in the log, newest first: what was applied or rolled back, when, how long it took, who did it from where, the error of what failed, and the reason that was given for a rollback. What "repair" changed in the tracking table is listed, too. With a version it lists only what happened to that one. The log is only ever added to; "status" shows how things stand now.

It reads no file, changes nothing and takes no lock.`,
  arguments: [{
    name: "version",
    summary: "List only what happened to this version",
    amount: "optional",
  }],
  flags: [{
    name: "limit",
    placeholder: "n",
    summary: "List the newest n attempts, 20 unless told; 0 lists all",
  }],
  examples: [
    { command: "lockstep history", summary: "See what was done last" },
    {
      command: "lockstep history 042 --limit 0",
      summary: "See all that ever happened to a version",
    },
    {
      command: "lockstep history --limit 0 --json",
      summary: "Take the whole log to a program",
    },
  ],
  formats: [...PLAIN_FORMATS, "markdown"],
  exits: ["findings", "connection"],
  secretVariables: "optional",
  async run(context) {
    const limit = readLimit(context.flags);
    const manager = await context.manager();
    const [version] = context.arguments;
    return await manager.readLog({
      ...(version !== undefined && { version }),
      ...(limit > 0 && { limit }),
    });
  },
};

const DEFAULT_LIMIT = 20;

function readLimit(flags: Flags): number {
  const text = flagText(flags, "limit");
  if (text === undefined) return DEFAULT_LIMIT;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(
    "invalid_argument",
    `Cannot list "${text}" attempts as that is no number`,
    { hint: "use a whole number, such as --limit 50; 0 lists all" },
  );
}
