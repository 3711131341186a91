import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { COMMANDS } from "../../../src/cli/commands/mod.ts";
import { helpText } from "../../../src/cli/help_text.ts";

Deno.test("helpText() lists every command", () => {
  const text = helpText(undefined, undefined);

  ok(COMMANDS.every(({ summary }) => text.includes(summary)));
});

for (const command of COMMANDS) {
  Deno.test(`helpText() of ${command.name} has its flags and examples in 80 columns`, () => {
    const text = helpText(command.name, 80);

    const parts = [
      ...command.flags.map(({ name }) => `--${name}`),
      ...command.examples.map((example) => example.command),
      "--database-url <url>",
    ];
    deepEqual(parts.filter((part) => !text.includes(part)), []);
    deepEqual(text.split("\n").filter((line) => line.length > 80), []);
  });
}

Deno.test("helpText() shows how a command is written", () => {
  equal(
    helpText("create", 80).split("\n")[0],
    "Usage: lockstep create <name...> [flags]",
  );
});

Deno.test("helpText() names the variables that name files with secrets", () => {
  const text = helpText("migrate", 100);

  const names = [
    "LOCKSTEP_DATABASE_URL_FILE",
    " DATABASE_URL_FILE",
    "LOCKSTEP_DIRECT_URL_FILE",
    "PGPASSWORD_FILE",
  ];
  deepEqual(names.filter((name) => !text.includes(name)), []);
  ok(!text.includes("LOCKSTEP_TABLE_FILE"));
});

Deno.test("helpText() throws unknown_command", () => {
  throws(() => helpText("statsu", 80), { code: "unknown_command" });
});
