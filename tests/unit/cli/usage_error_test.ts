import { equal, throws } from "node:assert/strict";
import { COMMANDS } from "../../../src/cli/commands/mod.ts";
import { parseArguments } from "../../../src/cli/program.ts";
import { UsageError } from "../../../src/errors.ts";

type Case = readonly [
  line: string,
  code: string,
  message: string,
  hint: string,
];

const CASES: readonly Case[] = [
  [
    "migrat",
    "unknown_command",
    'Cannot run "migrat" as there is no such command',
    'did you mean "migrate"?',
  ],
  [
    "xyzzy",
    "unknown_command",
    'Cannot run "xyzzy" as there is no such command',
    `choose one of ${COMMANDS.map(({ name }) => name).join(", ")}`,
  ],
  [
    "migrate --forse",
    "unknown_flag",
    'Cannot run "migrate" as it has no flag "--forse"',
    'did you mean "--force"?',
  ],
  [
    "status --force",
    "unknown_flag",
    'Cannot run "status" as it has no flag "--force"',
    'see "lockstep help status"',
  ],
  [
    "--lock-timeuot 3s migrate",
    "unknown_flag",
    'Cannot run "migrate" as it has no flag "--lock-timeuot"',
    'did you mean "--lock-timeout"?',
  ],
  [
    "migrate -x",
    "unknown_flag",
    'Cannot run "migrate" as it has no flag "-x"',
    'see "lockstep help migrate"',
  ],
  [
    "migrate 1 2",
    "invalid_argument",
    'Cannot run "migrate" as it takes one argument at most',
    "write, for example: lockstep migrate",
  ],
  [
    "status now",
    "invalid_argument",
    'Cannot run "status" as it takes no argument',
    "write, for example: lockstep status",
  ],
  [
    "rollback 001",
    "invalid_argument",
    'Cannot run "rollback" as it takes no argument',
    "name the version that stays: lockstep rollback --to 001",
  ],
  [
    "create",
    "missing_argument",
    'Cannot run "create" as its argument <name> is missing',
    'write, for example: lockstep create "add user authentication"',
  ],
  [
    "rollback --to",
    "missing_argument",
    'Cannot use "--to" as its value <version> is missing',
    "write --to <version>",
  ],
  [
    "migrate --dry-run=yes",
    "invalid_argument",
    'Cannot run "migrate" as "--dry-run" takes no such value',
    "write --dry-run alone, or --dry-run=execute",
  ],
  [
    "migrate --force=yes",
    "invalid_argument",
    'Cannot run "migrate" as "--force" takes no value',
    "write --force alone",
  ],
  [
    "up",
    "unknown_command",
    'Cannot run "up" as there is no such command',
    'did you mean "migrate"?',
  ],
  [
    "",
    "missing_argument",
    "Cannot start as no command is given",
    'see "lockstep help"',
  ],
];

for (const [line, code, message, hint] of CASES) {
  Deno.test(`parseArguments() refuses "${line}"`, () => {
    const args = line.split(" ").filter((word) => word !== "");

    throws(() => parseArguments(args), (error: unknown) => {
      equal(error instanceof UsageError, true);
      equal(error instanceof UsageError && error.code, code);
      equal(error instanceof UsageError && error.message, message);
      equal(error instanceof UsageError && error.hint, hint);
      return true;
    });
  });
}

Deno.test("parseArguments() escapes what it repeats", () => {
  throws(
    () => parseArguments(["\u001b[31m"]),
    { message: 'Cannot run "\\x1b[31m" as there is no such command' },
  );
});

Deno.test("parseArguments() repeats no password", () => {
  throws(
    () => parseArguments(["postgres://u:hunter2@h/db"]),
    { message: 'Cannot run "postgres://***" as there is no such command' },
  );
});
