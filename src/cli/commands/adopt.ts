import { TOOL_TITLES } from "../../core/adopt/tool_titles.ts";
import type { AdoptOptions } from "../../core/manager_options.ts";
import { exitOf, type Report } from "../../core/report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { renderAdoptQuestion } from "../../report/adopt_text.ts";
import { YES_FLAG } from "../confirm.ts";
import {
  type Command,
  type CommandContext,
  type Flags,
  flagText,
} from "./command.ts";

/** Takes over from another tool. */
export const adopt: Command = {
  name: "adopt",
  summary: "Take over the files and the history of another tool",
  help:
    `Reads the files of another tool and the table in which it keeps its history, shows what becomes of each migration, asks, and then writes the files in our layout and records what is applied, with the times of the other history and a row each in the log. The rows are written in one transaction, under the lock of "migrate", after another look at the other history; if they cannot be, the files go again.

The two directions of a file are put apart, the tool's markers are obeyed and removed, and where it ran a file outside a transaction, "-- lockstep: transaction=off" says so. Versions that are numbers and rise stay; versions with dots, names and doubles become numbers, and the list says what became what. A migration whose file is gone is recorded as a baseline. A program, such as a file in JavaScript, Ruby, XML or YAML, is not translated: if it is applied, a file stands for it that refuses to be run.

Before anything is written, each file is compared with the checksum that the tool keeps of it, if it keeps one. A file that changed stops the command, and so do a run of that tool that failed or holds its lock, a pending program, and files that cannot be read. --force goes past changed files and placeholders, and prints each one.

It only reads the table of the other tool and never changes it, nor its files. Where that table has the name of ours, name another one with --table.`,
  arguments: [],
  flags: [
    {
      name: "from",
      placeholder: "tool",
      summary: Object.keys(TOOL_TITLES).join(", "),
    },
    {
      name: "source",
      placeholder: "folder",
      summary: "The folder of its files; where it usually is when left out",
    },
    {
      name: "history-table",
      placeholder: "name",
      summary: "The table of its history, if not called as usual",
    },
    { name: "dry-run", summary: "Show what would be done and do nothing" },
    {
      name: "force",
      summary: "Go past changed files and placeholders, and print each one",
    },
    YES_FLAG,
  ],
  examples: [
    {
      command: "lockstep adopt --from flyway --dry-run",
      summary: "See what would be taken over",
    },
    {
      command:
        "lockstep adopt --from dbmate --table lockstep.schema_migrations",
      summary: "Take over from dbmate, whose table has the name of ours",
    },
    {
      command: "lockstep adopt --from knex --migrations-dir db/lockstep --yes",
      summary: "Write to another folder, in a script",
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
    const options = readOptions(context);
    const manager = await context.manager();
    return await manager.adopt({
      ...options,
      decide: (plan) => context.confirm(renderAdoptQuestion(plan)),
    });
  },
  chooseExit,
};

function readOptions({ flags }: CommandContext): AdoptOptions {
  const source = flagText(flags, "source");
  const historyTable = flagText(flags, "history-table");
  return {
    from: requireFrom(flags),
    ...(source !== undefined && { source }),
    ...(historyTable !== undefined && { historyTable }),
    force: flags.has("force"),
    dryRun: flags.has("dry-run"),
  };
}

function requireFrom(flags: Flags): string {
  const from = flagText(flags, "from");
  if (from !== undefined) return from;
  const names = Object.keys(TOOL_TITLES).join(", ");
  throw new UsageError(
    "missing_argument",
    'Cannot adopt as "--from" does not say which tool',
    { hint: `name one of ${names}` },
  );
}

/** After a "no", nothing is taken over. */
function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  if (exit !== "success" || report.kind !== "adopt") return exit;
  if (report.status === "declined") return "locked";
  return report.findings.length === 0 ? exit : "findings";
}
