import { maskValue } from "../../core/config/mask.ts";
import { showName } from "../../core/display.ts";
import { UsageError } from "../../errors.ts";
import { YES_TO_FLAG } from "../protection.ts";
import { type Command, type CommandContext, flagText } from "./command.ts";
import { EXECUTE_FLAG, readDryRun } from "./dry_run_flags.ts";

/** Rolls back applied migrations. */
export const rollback: Command = {
  name: "rollback",
  summary: "Roll back applied migrations",
  help:
    `Rolls back applied migrations, newest first: the last one, the last few (--count), or all that are newer than a version (--to), which itself stays applied.

Before anything runs it checks that each of them has a rollback file, or a copy of one in the tracking table, and that no migration which stays applied depends on one that goes. It takes the same lock as "migrate". Each rollback runs in one transaction together with the change of its tracking row; the row stays, with the time and the reason, and the version can be applied again.

In an environment that lockstep.toml marks as protected it asks for the name of the environment first, or takes it from --yes-to.

Where it would destroy data, it makes a backup first, as "lockstep backup" does; --backup decides otherwise. If that cannot be made, nothing runs. --dry-run says whether there would be one, and why.

With --dry-run=execute it runs everything in one transaction, rolls that back and tells what each statement did, as "migrate" does; it asks as a rollback does, since it takes the same locks.

The run stops at the first rollback that fails. Those before it stay rolled back.

It never guesses: a migration without a rollback stops the command before it begins.`,
  arguments: [],
  flags: [
    {
      name: "to",
      placeholder: "version",
      summary: "Roll back all that is newer than this version",
    },
    {
      name: "count",
      placeholder: "number",
      summary: "Roll back that many migrations (1 when left out)",
    },
    {
      name: "reason",
      placeholder: "text",
      summary: "Why; kept in the tracking table",
    },
    { name: "dry-run", summary: "Print the plan with its SQL, change nothing" },
    EXECUTE_FLAG,
    {
      name: "force",
      summary: "Go past changed and missing files, and print each one",
    },
    YES_TO_FLAG,
  ],
  examples: [
    { command: "lockstep rollback", summary: "Roll back the last migration" },
    {
      command: "lockstep rollback --count 2",
      summary: "Roll back the last two",
    },
    {
      command: 'lockstep rollback --to 001 --reason "wrong index"',
      summary: "Go back to version 001",
    },
    {
      command: "lockstep rollback --count 1 --dry-run",
      summary: "See what would run",
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
    const options = readOptions(context);
    if (options.dryRun !== true) {
      await context.requireProtectedConsent("roll back");
    }
    const manager = await context.manager();
    return await manager.rollback(options);
  },
};

interface RollbackOptions {
  readonly to?: string;
  readonly count?: number;
  readonly reason?: string;
  readonly dryRun: boolean | "execute";
  readonly force: boolean;
}

function readOptions({ flags }: CommandContext): RollbackOptions {
  const to = flagText(flags, "to");
  const count = flagText(flags, "count");
  const reason = flagText(flags, "reason");
  if (to !== undefined && count !== undefined) {
    throw new UsageError(
      "invalid_argument",
      'Cannot roll back as "--to" and "--count" exclude each other',
      { hint: "use one of the two" },
    );
  }
  return {
    ...(to === undefined ? {} : { to }),
    ...(count === undefined ? {} : { count: parseCount(count) }),
    ...(reason === undefined ? {} : { reason }),
    dryRun: readDryRun(flags),
    force: flags.has("force"),
  };
}

function parseCount(text: string): number {
  if (/^0*[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new UsageError(
    "invalid_argument",
    `Cannot set "--count" to "${
      showName(maskValue(text))
    }" as that is no number from 1`,
    { hint: "give the number of migrations to roll back, such as --count 2" },
  );
}
