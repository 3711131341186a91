import { ok, rejects } from "node:assert/strict";
import type { Flags } from "../../../src/cli/commands/command.ts";
import { rollback } from "../../../src/cli/commands/rollback.ts";

function runWith(flags: Flags): Promise<unknown> {
  return rollback.run({
    arguments: [],
    flags,
    runtime: "",
    format: "human",
    print: () => Promise.resolve(),
    async *readStdin() {},
    confirm: () => Promise.resolve(false),
    requireProtectedConsent: () => Promise.resolve(),
    describeConfig: () => Promise.reject(new Error("asked for settings")),
    manager: () => Promise.reject(new Error("asked for the manager")),
    completions: () => undefined,
    helpText: () => "",
  });
}

for (const count of ["0", "-1", "1.5", "two", "", "10000000000", "1e3"]) {
  Deno.test(`rollback refuses --count "${count}" before it connects`, async () => {
    await rejects(runWith(new Map([["count", count]])), {
      code: "invalid_argument",
      hint: "give the number of migrations to roll back, such as --count 2",
    });
  });
}

Deno.test("rollback refuses --to together with --count before it connects", async () => {
  const flags = new Map([["count", "1"], ["to", "001"]]);

  await rejects(runWith(flags), {
    code: "invalid_argument",
    message: 'Cannot roll back as "--to" and "--count" exclude each other',
  });
});

Deno.test("rollback explains each of its flags", () => {
  ok(rollback.flags.every(({ summary }) => summary.length > 3));
});
