import { equal, rejects } from "node:assert/strict";
import {
  type ProtectedAction,
  requireConsent,
} from "../../../src/cli/protection.ts";
import { InterruptedError, type UsageError } from "../../../src/errors.ts";
import { configOf } from "../core/config/config_sample.ts";
import { type FakeHost, fakeHost } from "./fake_host.ts";

const { environments } = configOf(
  "[env.production]\nprotected = true\n[env.staging]\n",
);

function wanted(
  environment: string | undefined,
  yesTo?: string,
): ProtectedAction {
  return {
    action: "roll back",
    environment: environments.get(environment ?? ""),
    yesTo,
    signal: new AbortController().signal,
  };
}

function terminal(...typed: readonly string[]): FakeHost {
  return fakeHost({ terminal: "yes", typed });
}

for (
  const { environment, yesTo } of [
    { environment: undefined, yesTo: undefined },
    { environment: "staging", yesTo: undefined },
    { environment: "staging", yesTo: "staging" },
    { environment: "production", yesTo: "production" },
  ]
) {
  Deno.test(`requireConsent() asks nothing for ${environment} with --yes-to ${yesTo}`, async () => {
    const host = terminal("no");

    await requireConsent(host, wanted(environment, yesTo));

    equal(host.written.stderr, "");
  });
}

Deno.test("requireConsent() goes on when the name is typed", async () => {
  const host = terminal(" production\r");

  await requireConsent(host, wanted("production"));

  equal(
    host.written.stderr,
    'The environment "production" is protected. Type its name to roll back: ',
  );
});

const REFUSED: readonly (readonly [string, FakeHost])[] = [
  ["another name", terminal("staging")],
  ["a yes", terminal("yes")],
  ["an empty line", terminal("")],
  ["the name in capitals", terminal("PRODUCTION")],
  ["no terminal", fakeHost({})],
  ["input that is no terminal", fakeHost({ terminal: "yes" })],
  ["a question that goes to a file", fakeHost({ typed: ["production"] })],
];

for (const [claim, host] of REFUSED) {
  Deno.test(`requireConsent() refuses ${claim}`, async () => {
    await rejects(
      requireConsent(host, wanted("production")),
      (error: UsageError) => {
        equal(error.code, "protected_environment");
        equal(error.exit, "usage");
        equal(
          error.message,
          'Cannot roll back as the environment "production" is protected and its name was not given',
        );
        return true;
      },
    );
  });
}

Deno.test("requireConsent() takes the end of the input for a no", async () => {
  const host = terminal("x");
  await host.readLine();

  await rejects(requireConsent(host, wanted("production")), {
    code: "protected_environment",
  });
});

const OTHERS = [
  {
    environment: "production",
    state: 'the environment is "production"',
    hint: 'to roll back in "production", write --yes-to production; for the ' +
      "other one add --env other",
  },
  {
    environment: "staging",
    state: 'the environment is "staging"',
    hint: 'to roll back in "staging", write --yes-to staging; for the other ' +
      "one add --env other",
  },
  {
    environment: undefined,
    state: "no environment is chosen",
    hint: "choose it with --env other, or leave --yes-to out",
  },
] as const;

for (const { environment, state, hint } of OTHERS) {
  Deno.test(`requireConsent() refuses --yes-to for another when ${state}`, async () => {
    await rejects(requireConsent(terminal(), wanted(environment, "other")), {
      code: "invalid_argument",
      message: `Cannot roll back as --yes-to names "other" and ${state}`,
      hint,
    });
  });
}

Deno.test("requireConsent() ends the waiting when a signal arrives", async () => {
  const controller = new AbortController();
  const answer = requireConsent(terminal(), {
    ...wanted("production"),
    signal: controller.signal,
  });
  controller.abort("SIGINT");

  await rejects(
    answer,
    (error) =>
      error instanceof InterruptedError && error.exit === "interrupted",
  );
});
