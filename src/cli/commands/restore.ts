import { exitOf, type Report } from "../../core/report.ts";
import type { ExitName } from "../../errors.ts";
import { renderRestoreQuestion } from "../../report/backup_text.ts";
import { YES_FLAG } from "../confirm.ts";
import { YES_TO_FLAG } from "../protection.ts";
import { type Command, flagText } from "./command.ts";

/** Brings a backup back. */
export const restore: Command = {
  name: "restore",
  summary: "Bring a backup back",
  help:
    `Restores a file that "lockstep backup", or a run, has made, into the same database or with --into into another one, which must be there.

It compares the file with the SHA-256 that the log, or the file beside it, has for it, reads it with pg_restore, shows what it holds, and asks. Then it takes the lock that "migrate" takes and runs pg_restore in a single transaction: what the backup holds is dropped where it is there and made anew, rows and all, or nothing changes.

A tar archive of --backup-method copy is restored without pg_restore, in the same way: in a single transaction, after all of the file has been compared with what was written. One that a run has made holds only what that run was going to change, and not the tracking table: the history then stays as it is, and "repair --mark-not-applied" says that a migration is undone.

The tracking table comes back as it was, so that "status" fits the schema. The log does not: it keeps what was done since, and gets a row about the restore.

It never drops what was made after the backup and is not in it. Where such a thing hangs on something that has to be dropped, the server refuses and nothing changes: drop it first, or restore into another database.

In an environment that lockstep.toml marks as protected it asks for the name of the environment first, or takes it from --yes-to. It exits with 3 when the answer was no.`,
  arguments: [{
    name: "file",
    summary: "The backup",
    amount: "one",
  }],
  flags: [
    {
      name: "into",
      placeholder: "url",
      summary: "Restore into this database instead; it must be there",
    },
    { name: "dry-run", summary: "Check the file and show what it holds" },
    YES_FLAG,
    YES_TO_FLAG,
  ],
  examples: [
    {
      command: "lockstep restore backups/app_20261122T180400Z_0192ab34.dump",
      summary: "Go back to a backup",
    },
    {
      command:
        "lockstep restore backups/app_20261122T180400Z_0192ab34.dump --dry-run",
      summary: "Check that a backup can be used",
    },
    {
      command:
        "lockstep restore app.dump --into postgres://localhost/app_copy --yes",
      summary: "Make a copy of the database from a backup",
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
    const [path = ""] = context.arguments;
    const into = flagText(context.flags, "into");
    const dryRun = context.flags.has("dry-run");
    if (!dryRun) await context.requireProtectedConsent("restore a backup");
    const manager = await context.manager();
    return await manager.restore(path, {
      ...(into === undefined ? {} : { into }),
      dryRun,
      decide: (preview) => context.confirm(renderRestoreQuestion(preview)),
    });
  },
  chooseExit,
};

function chooseExit(report: Report): ExitName {
  const isDeclined = report.kind === "restore" && report.status === "declined";
  return isDeclined ? "findings" : exitOf(report);
}
