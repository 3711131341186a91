import type { DriftOptions } from "../../core/manager_options.ts";
import { exitOf, type Report } from "../../core/report.ts";
import { type ExitName, UsageError } from "../../errors.ts";
import { YES_TO_FLAG } from "../protection.ts";
import { type Command, type Flags, flagText } from "./command.ts";

/** Compares the schema with what it should be. */
export const drift: Command = {
  name: "drift",
  summary: "Find changes of the schema that no migration made",
  help:
    `Reads all objects of the schema in one round trip, as "lockstep schema dump" does, with owners, privileges and comments, and compares them with the schema as the last run of migrate or rollback has left it, or with --against with another database, such as one to which only the migrations were applied. Each object that is added, removed or changed is a finding, with what differs line by line: an error, or a warning where only comments differ. Both are drift, and make it exit with 3.

Where the server has track_commit_timestamp on, it says when the object was last changed. Who did it PostgreSQL does not keep; log_statement = ddl writes it to the log of the server from then on.

Each run stores the schema at its end, and the last eleven are kept, in a table beside the tracking table. A run whose role may not write there goes on without it; then this says that the stored schema is older than the last run.

With --against files it applies the files of the versions that are applied to a new database on the same server, or with --on on another, and drops it at the end; what is pending is left out. So it also finds what was there before lockstep stored anything, and files that were changed since.

With --write-migration it compares in this way and writes a migration and its rollback for what differs. Applied to the new database, the migration makes what the live one has; that is tried, and so is the rollback, before the files are written. The live database has the change already: to keep it, record the migration there with "lockstep repair --mark-applied"; to undo it, do the same, then run "lockstep rollback" and remove the files. What cannot be written is a finding. Columns are altered where they are, and all that holds no data is dropped and made anew.

With --accept it stores the schema as it is now as the one to expect, under the lock, with a row in the log. In an environment that lockstep.toml marks as protected that asks for its name, too, or takes it from --yes-to.

Between servers of different major versions, what only the servers write differently is no difference. With --ignore-objects, objects whose name, or kind and name, fits a pattern do not count; * stands for any characters and ? for one.

It never changes the schema, and without --accept nothing at all. Statements of functions and views are shown as they are: do not keep secrets in them.`,
  arguments: [],
  flags: [
    {
      name: "against",
      placeholder: "url|files",
      summary: "Compare with this database, or with what the files make",
    },
    {
      name: "on",
      placeholder: "url",
      summary: "Apply the files on this server, which has nothing of value",
    },
    {
      name: "write-migration",
      placeholder: "name",
      summary: "Write a migration for what differs from the files",
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
      command: "lockstep drift --against files --ignore-objects 'audit.*'",
      summary: "See what no migration has made",
    },
    {
      command: 'lockstep drift --write-migration "take over the index"',
      summary: "Bring the files to what the database has",
    },
    {
      command: 'lockstep drift --accept --reason "index made in an incident"',
      summary: "Go on from the schema as it is",
    },
  ],
  exits: [
    "findings",
    "failed",
    "locked",
    "connection",
    "interrupted",
    "terminated",
  ],
  async run(context) {
    const { flags } = context;
    const reference = readReference(flags);
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
      ...reference,
      ...(reason !== undefined && { reason }),
    });
  },
  chooseExit,
};

/** What the schema is held against; a migration is always for the files. */
function readReference(flags: Flags): DriftOptions {
  const against = flagText(flags, "against");
  const on = flagText(flags, "on");
  const writeMigration = flagText(flags, "write-migration");
  const isWriting = writeMigration !== undefined;
  const isFiles = against === "files" || (isWriting && against === undefined);
  const lost = ["write-migration", "on"].find((name) => flags.has(name));
  if (!isFiles && lost !== undefined) {
    throw forFilesOnly(lost);
  }
  if (!isFiles) return against === undefined ? {} : { against };
  return {
    files: true,
    ...(on !== undefined && { on }),
    ...(isWriting && { writeMigration }),
  };
}

function forFilesOnly(name: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot use "--${name}" as it is for a comparison with the files`,
    { hint: 'add "--against files", or leave it out' },
  );
}

function readPatterns(flags: Flags): readonly string[] {
  const text = flagText(flags, "ignore-objects");
  if (text === undefined) return [];
  return text.split(",").map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}

/** All is accepted, or nothing: what is stored has no holes. */
function requireAcceptable(flags: Flags): void {
  const other = ["against", "ignore-objects", "write-migration"]
    .find((name) => flags.has(name));
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
