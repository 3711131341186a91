import { equal, rejects } from "node:assert/strict";
import { confirm } from "../../../src/cli/confirm.ts";
import { InterruptedError, UsageError } from "../../../src/errors.ts";
import { fakeHost } from "./fake_host.ts";

const NEVER = new AbortController().signal;

for (
  const { typed, says } of [
    { typed: ["yes"], says: true },
    { typed: ["y"], says: true },
    { typed: [" YES "], says: true },
    { typed: ["yes\r"], says: true },
    { typed: ["no"], says: false },
    { typed: [""], says: false },
    { typed: ["yes please"], says: false },
    { typed: ["no", "yes"], says: false },
  ]
) {
  Deno.test(`confirm() is ${says} for ${JSON.stringify(typed)}`, async () => {
    const host = fakeHost({ terminal: "yes", typed });

    equal(await confirm(host, "End it?", NEVER), says);
    equal(host.written.stderr, "End it? [yes/no] ");
    equal(host.written.stdout, "");
  });
}

Deno.test("confirm() takes the end of the input for a no", async () => {
  const host = fakeHost({ terminal: "yes", typed: ["no"] });
  await host.readLine();

  equal(await confirm(host, "End it?", NEVER), false);
  equal(host.written.stderr, "End it? [yes/no] \n");
});

Deno.test("confirm() shows nothing that could steer the terminal", async () => {
  const host = fakeHost({ terminal: "yes", typed: ["no"] });

  await confirm(host, "End \x1b[2Jpid 1\rpid 2?", NEVER);

  equal(host.written.stderr, "End \\x1b[2Jpid 1\\rpid 2? [yes/no] ");
});

for (const given of [{ terminal: "yes" }, { typed: ["yes"] }] as const) {
  Deno.test(`confirm() names --yes with only ${Object.keys(given)[0]}`, async () => {
    const host = fakeHost(given);

    await rejects(confirm(host, "End it?", NEVER), (error: UsageError) => {
      equal(error.code, "confirmation_needed");
      equal(error.hint, "check what would be done, then add --yes");
      return error instanceof UsageError;
    });
    equal(host.written.stderr, "");
  });
}

Deno.test("confirm() ends the waiting when a signal arrives", async () => {
  const controller = new AbortController();
  const host = fakeHost({ terminal: "yes", typed: [] });

  const answer = confirm(host, "End it?", controller.signal);
  controller.abort("SIGTERM");

  await rejects(answer, (error: InterruptedError) => {
    equal(error.exit, "terminated");
    return error instanceof InterruptedError;
  });
  equal(host.written.stderr, "End it? [yes/no] \n");
});
