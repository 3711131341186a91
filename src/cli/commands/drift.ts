import { exitOf, type Report } from "../../core/report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { YES_TO_FLAG } from "../protection.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Compares the schema with what it should be. */
export const drift: Command = {
  name: "drift",
  summary: "Find changes of the schema that no migration made",
  help:
    `Reads all objects of the schema in one round trip, as "lockstep schema dump" does, with owners, privileges and comments, and compares them with the schema as the last run of migrate or rollback has left it, or with --against with another database, such as one to which only the migrations were applied. Each object that is added, removed or changed is a finding, with what differs line by line. Findings make it exit with 3.

Each run stores the schema at its end, and the last eleven are kept, in a table beside the tracking table. A run whose role may not write there goes on without it; then this says that the stored schema is older than the last run.

With --accept it stores the schema as it is now as the one to expect, under the lock, with a row in the log. In an environment that lockstep.toml marks as protected that asks for its name, too, or takes it from --yes-to.

Between servers of different major versions, what only the servers write differently is no difference. With --ignore-objects, objects whose name, or kind and name, fits a pattern do not count; * stands for any characters and ? for one.

It never changes the schema, and without --accept nothing at all. Statements of functions and views are shown as they are: do not keep secrets in them.`,
  arguments: [],
  flags: [
    {
      name: "against",
      placeholder: "url",
      summary: "Compare with this database, which is as it should be",
    },
    {
      name: "ignore-objects",
      placeholder: "patterns",
      summary: "Leave out what fits, such as 'audit.*,table public.tmp_*'",
    },
    { name: "accept", summary: "Expect the schema as it is from now on" },
    {
      name: "reason",
      placeholder: "text",
      summary: "Why it is accepted; kept in the log",
    },
    YES_TO_FLAG,
  ],
  examples: [
    { command: "lockstep drift", summary: "See what was changed by hand" },
    {
      command: "lockstep drift --against postgres://localhost/staging",
      summary: "See how two databases differ",
    },
    {
      command: 'lockstep drift --accept --reason "index made in an incident"',
      summary: "Go on from the schema as it is",
    },
  ],
  exits: ["findings", "locked", "connection", "interrupted", "terminated"],
  async run(context) {
    const { flags } = context;
    const against = flagText(flags, "against");
    const ignore = readPatterns(flags);
    if (flags.has("accept")) {
      requireAcceptable(flags);
      await context.requireProtectedConsent("accept the schema as it is");
    }
    const reason = flagText(flags, "reason");
    const manager = await context.manager();
    return await manager.findDrift({
      ignore,
      accept: flags.has("accept"),
      ...(against !== undefined && { against }),
      ...(reason !== undefined && { reason }),
    });
  },
  chooseExit,
};

function readPatterns(flags: Flags): readonly string[] {
  const text = flagText(flags, "ignore-objects");
  if (text === undefined) return [];
  return text.split(",").map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}

/** All is accepted, or nothing: what is stored has no holes. */
function requireAcceptable(flags: Flags): void {
  const other = ["against", "ignore-objects"].find((name) => flags.has(name));
  if (other === undefined) return;
  throw new UsageError(
    "invalid_argument",
    `Cannot use "--accept" together with "--${other}"`,
    { hint: "accept the schema of this database as a whole" },
  );
}

function chooseExit(report: Report): ExitName {
  const exit = exitOf(report);
  return exit === "success" && !report.success ? "findings" : exit;
}
