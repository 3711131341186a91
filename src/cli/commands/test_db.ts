import { maskValue } from "../../core/config/mask.ts";
import { showName } from "../../core/display.ts";
import type { TestDatabaseWish } from "../../core/testing/test_database_report.ts";
import { UsageError } from "../../errors.ts";
import { YES_TO_FLAG } from "../protection.ts";
import type { Command, CommandContext } from "./command.ts";

/** Databases for the tests of programs in any language. */
export const testDb: Command = {
  name: "test-db",
  summary: "Print the URL of a new, migrated database for tests",
  help:
    `Makes a new database with all migrations applied on the server of the database that is set, and prints its URL and nothing else. The URL has the password, if the connection string had one; PG* variables and .pgpass count for it as well.

The first time, all migrations are applied to a template, which is kept. As long as the files are the same, each further database is a copy of it, made in the time that a copy takes; many may be made at once. When the files change, a new template takes the place of the old one. The names begin with "lockstep_test_" and "lockstep_template_"; the databases of lockstep/testing are the same.

"test-db drop" with a name or a URL drops that database, with the sessions that are in it, and says so, also when it is not there. With --all it drops every test database of the same folder of migrations that nobody is in; the template stays. "test-db list" prints what there is, of all folders.

It never drops a database that it has not made, and only connects to the one that is set. In an environment that lockstep.toml marks as protected it asks for its name first, or takes it from --yes-to.`,
  arguments: [{
    name: "action",
    summary:
      "drop with a name or a URL, or list; a new database when it is left out",
    amount: "any",
  }],
  flags: [
    { name: "all", summary: "With drop: all of this folder that nobody is in" },
    YES_TO_FLAG,
  ],
  examples: [
    {
      command: 'TEST_URL="$(lockstep test-db)"',
      summary: "Make a database for a test",
    },
    {
      command: 'lockstep test-db drop "$TEST_URL"',
      summary: "Drop it after the test",
    },
    {
      command: "lockstep test-db drop --all",
      summary: "Drop what tests have left behind",
    },
  ],
  exits: ["findings", "failed", "connection", "interrupted", "terminated"],
  async run(context) {
    const wish = readWish(context);
    if (wish.action !== "list") {
      await context.requireProtectedConsent(`${wish.action} a test database`);
    }
    return await (await context.manager()).testDatabase(wish);
  },
};

function readWish(
  { arguments: [action, database, more], flags }: CommandContext,
): TestDatabaseWish {
  const isAll = flags.has("all");
  if (more !== undefined) throw tooMany();
  if (action === "drop") return readDrop(database, isAll ? "all" : "one");
  const isKnown = action === undefined || action === "list";
  if (!isKnown) throw unknownAction(action);
  if (isAll || database !== undefined) throw onlyWithDrop();
  return { action: action ?? "create" };
}

function readDrop(
  database: string | undefined,
  amount: "one" | "all",
): TestDatabaseWish {
  if (amount === "all" && database === undefined) return { action: "drop" };
  if (amount === "one" && database !== undefined) {
    return { action: "drop", database };
  }
  throw new UsageError(
    database === undefined ? "missing_argument" : "invalid_argument",
    database === undefined
      ? "Cannot drop a test database as none is named"
      : 'Cannot drop a test database as a name and "--all" exclude each other',
    { hint: "name one by its name or URL, or drop all with --all" },
  );
}

function unknownAction(action: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot run "test-db" as there is no action "${
      showName(maskValue(action))
    }"`,
    { hint: "leave it out for a new database, or use drop or list" },
  );
}

function tooMany(): UsageError {
  return new UsageError(
    "invalid_argument",
    "Cannot drop more than one test database at once",
    { hint: "name one, or drop all that nobody is in with --all" },
  );
}

function onlyWithDrop(): UsageError {
  return new UsageError(
    "invalid_argument",
    'Cannot run "test-db" as only drop takes a database or "--all"',
    { hint: 'write "lockstep test-db drop", or leave them out' },
  );
}
