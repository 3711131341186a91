import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  judgeSettings,
  type SettingsContext,
  watchedSettings,
} from "../../../../src/core/doctor/judge_settings.ts";

const WHERE: SettingsContext = {
  role: "app",
  database: '"My Shop"',
  route: "pooler",
  statementTimeout: "none",
};

function judge(name: string, value: string, source = "user") {
  return judgeSettings([{ name, value, source }], WHERE);
}

for (
  const [name, value, state] of [
    ["lock_timeout", "100ms", "warning"],
    ["lock_timeout", "0", "ok"],
    ["statement_timeout", "30s", "warning"],
    ["default_transaction_read_only", "on", "problem"],
    ["default_transaction_read_only", "off", "ok"],
    ["session_replication_role", "replica", "problem"],
    ["default_transaction_isolation", "serializable", "warning"],
    ["default_transaction_isolation", "read committed", "ok"],
    ["synchronous_commit", "off", "warning"],
    ["synchronous_commit", "remote_apply", "ok"],
    ["standard_conforming_strings", "off", "warning"],
    ["idle_in_transaction_session_timeout", "1min", "ok"],
    ["transaction_timeout", "1min", "ok"],
  ] as const
) {
  Deno.test(`judgeSettings() finds ${state} for ${name} = ${value}`, () => {
    equal(judge(name, value).state, state);
  });
}

for (
  const [source, command] of [
    ["user", "ALTER ROLE app RESET lock_timeout;"],
    ["database", 'ALTER DATABASE "My Shop" RESET lock_timeout;'],
    [
      "database user",
      'ALTER ROLE app IN DATABASE "My Shop" RESET lock_timeout;',
    ],
    ["global", "ALTER ROLE ALL RESET lock_timeout;"],
  ] as const
) {
  Deno.test(`judgeSettings() resets what was set for ${source}`, () => {
    deepEqual(judge("lock_timeout", "1s", source).commands, [command]);
  });
}

Deno.test("judgeSettings() says where a value comes from that no command resets", () => {
  const verdict = judge("lock_timeout", "1s", "configuration file");

  equal(verdict.commands, undefined);
  match(
    verdict.details?.[0] ?? "",
    /lock_timeout is 1s \(set for the server\)/,
  );
});

for (
  const { name, context } of [
    { name: "lock_timeout", context: { route: "direct" } },
    { name: "statement_timeout", context: { statementTimeout: "own" } },
  ] as const
) {
  Deno.test(`judgeSettings() knows that a run sets its own ${name}`, () => {
    const settings = [{ name, value: "1s", source: "user" }];

    const verdict = judgeSettings(settings, { ...WHERE, ...context });

    equal(verdict.state, "ok");
    equal(verdict.details?.length, 1);
  });
}

Deno.test("judgeSettings() mentions a timeout that lockstep lifts", () => {
  const { details } = judge("idle_in_transaction_session_timeout", "5s");

  match(details?.[0] ?? "", /lockstep lifts it/);
});

Deno.test("judgeSettings() lets the gravest decide", () => {
  const { state, message } = judgeSettings([
    { name: "lock_timeout", value: "1s", source: "user" },
    { name: "default_transaction_read_only", value: "on", source: "user" },
    { name: "transaction_timeout", value: "1s", source: "user" },
  ], WHERE);

  equal(state, "problem");
  equal(message, "2 that can hurt a run");
});

Deno.test("watchedSettings() names settings of the server", () => {
  ok(watchedSettings().includes("lock_timeout"));
});
