import { YES_TO_FLAG } from "../protection.ts";
import type { Command } from "./command.ts";
import { EXECUTE_FLAG, readDryRun } from "./dry_run_flags.ts";

/** Applies pending migrations. */
export const migrate: Command = {
  name: "migrate",
  summary: "Apply pending migrations",
  help:
    `Applies the pending migrations in the order of their versions, all of them or up to and including the version that is named.

It reads the files and the tracking table and checks both: every checksum, every dependency, the order. If nothing is pending it ends here and takes no lock. Otherwise it takes the lock, waiting for another run if there is one, and looks at the tracking table again. Each migration then runs in one transaction together with its own tracking row, so that all of it is applied or nothing. Statements that cannot run in a transaction, such as CREATE INDEX CONCURRENTLY, run on their own, and how far they came is recorded.

With --var, --secret-var or --vars-from-env, the names of variables in the files stand for their values, as in psql.

Where it would destroy data, it makes a backup first, as "lockstep backup" does; --backup decides otherwise. If that cannot be made, nothing runs. --dry-run says whether there would be one, and why.

With --check-drift it first looks for changes of the schema that no migration made, as "lockstep drift" does, and does nothing where there is one.

With --fail-on it first lints what is pending, as "lockstep lint --together" does, and does nothing, in a dry run either, where something is found that is as bad as that. In an environment that lockstep.toml marks as protected, --fail-on is error unless it is set.

With --dry-run=execute it takes the lock, runs everything in one transaction and rolls that back. It tells for each statement how long it took, its rows, the locks that it took on tables which others use, the tables that it wrote anew, what the server wrote as WAL, and notices; where one fails it stops and exits as the run would. What cannot run in a transaction is named and left out. Nothing is recorded. It takes real locks and keeps them to its end, so each statement waits for a lock for --dry-run-lock-timeout at most, and once. Sequences that went on stay so; they are named.

The run stops at the first migration that fails. Those before it stay applied. Run it again after the file is fixed.

It never applies a migration twice, never goes past a changed or missing file without --force, and never past a held lock or a failed dependency. In an environment that lockstep.toml marks as protected, --force asks for its name first, or takes it from --yes-to.`,
  arguments: [{
    name: "version",
    summary: "The last version to apply; all when it is left out",
    amount: "optional",
  }],
  flags: [
    { name: "dry-run", summary: "Print the plan with its SQL, change nothing" },
    EXECUTE_FLAG,
    {
      name: "force",
      summary: "Go past changed and missing files, and print each one",
    },
    {
      name: "check-drift",
      summary: "Refuse when the schema is not as the last run has left it",
    },
    YES_TO_FLAG,
  ],
  examples: [
    {
      command: "lockstep migrate",
      summary: "Apply everything that is pending",
    },
    { command: "lockstep migrate 002", summary: "Apply up to version 002" },
    { command: "lockstep migrate --dry-run", summary: "See what would run" },
    {
      command: "lockstep migrate --dry-run=execute",
      summary: "Run it, see its locks and times, and undo it",
    },
    {
      command: "lockstep migrate --lock-timeout 0",
      summary: "Leave at once when another run is at work",
    },
  ],
  exits: [
    "findings",
    "locked",
    "failed",
    "partial",
    "connection",
    "hung_up",
    "interrupted",
    "terminated",
  ],
  async run(context) {
    const [version] = context.arguments;
    const dryRun = readDryRun(context.flags);
    const force = context.flags.has("force");
    if (force && dryRun !== true) {
      await context.requireProtectedConsent("migrate with --force");
    }
    const manager = await context.manager();
    return await manager.migrate({
      ...(version === undefined ? {} : { version }),
      dryRun,
      force,
      ...(context.flags.has("check-drift") && { checkDrift: true }),
    });
  },
};
