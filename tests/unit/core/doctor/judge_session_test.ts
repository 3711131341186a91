import { deepEqual, equal, match } from "node:assert/strict";
import {
  judgeClock,
  judgeConnection,
  judgeDirectUrl,
  judgePooler,
  judgeRole,
  judgeServer,
  type RoleFacts,
  type SessionFacts,
} from "../../../../src/core/doctor/judge_session.ts";

const SESSION: SessionFacts = {
  target: 'database "app" on db1:5432',
  isLocal: false,
  encrypted: "yes",
  loginMs: 31.4,
  roundTripMs: 1.25,
  warnings: [],
};

Deno.test("judgeConnection() says where, how safe and how slow", () => {
  deepEqual(judgeConnection(SESSION), {
    state: "ok",
    message: 'database "app" on db1:5432, TLS, login 31 ms, round trip 1.3 ms',
  });
});

Deno.test("judgeConnection() warns of a remote server without TLS", () => {
  equal(judgeConnection({ ...SESSION, encrypted: "no" }).state, "warning");
});

Deno.test("judgeConnection() does not mind a local server without TLS", () => {
  const local = { ...SESSION, encrypted: "no", isLocal: true } as const;

  equal(judgeConnection(local).state, "ok");
});

Deno.test("judgeConnection() passes on what was ignored in the settings", () => {
  const warnings = ["the password file is open to others"];

  deepEqual(judgeConnection({ ...SESSION, warnings }).details, warnings);
});

const SERVER = {
  serverVersion: 180004,
  version: "18.4",
  isStandby: false,
  isReadOnly: false,
};

for (
  const { facts, state } of [
    { facts: {}, state: "ok" },
    { facts: { serverVersion: 140000, version: "14.0" }, state: "ok" },
    { facts: { serverVersion: 190000, version: "19beta1" }, state: "warning" },
    { facts: { isStandby: true, isReadOnly: true }, state: "problem" },
    { facts: { isReadOnly: true }, state: "problem" },
  ]
) {
  Deno.test(`judgeServer() finds ${state} for ${JSON.stringify(facts)}`, () => {
    equal(judgeServer({ ...SERVER, ...facts }).state, state);
  });
}

for (
  const { mode, direct, state } of [
    { mode: "none", direct: "missing", state: "ok" },
    { mode: "session", direct: "missing", state: "ok" },
    { mode: "transaction", direct: "missing", state: "warning" },
    { mode: "transaction", direct: "given", state: "ok" },
    { mode: "statement", direct: "missing", state: "problem" },
    { mode: "statement", direct: "given", state: "ok" },
  ] as const
) {
  Deno.test(`judgePooler() finds ${state} for ${mode} and --direct-url ${direct}`, () => {
    equal(judgePooler(mode, direct).state, state);
  });
}

const ROLE: RoleFacts = {
  role: "app",
  isSuperuser: false,
  seesAllSessions: true,
  table: "public.schema_migrations",
  missingGrants: [],
};

Deno.test("judgeRole() gives the GRANTs that are missing, to be copied", () => {
  const verdict = judgeRole({
    ...ROLE,
    missingGrants: ["GRANT CREATE ON SCHEMA public TO app"],
  });

  equal(verdict.state, "problem");
  deepEqual(verdict.commands, ["GRANT CREATE ON SCHEMA public TO app;"]);
});

Deno.test("judgeRole() names a superuser", () => {
  match(judgeRole({ ...ROLE, isSuperuser: true }).message, /superuser/);
});

Deno.test("judgeRole() says what is hidden from the role", () => {
  const { details } = judgeRole({ ...ROLE, seesAllSessions: false });

  match(details?.join() ?? "", /pg_read_all_stats/);
});

for (
  const { ahead, state } of [
    { ahead: 0, state: "ok" },
    { ahead: -4900, state: "ok" },
    { ahead: 5400, state: "ok" },
    { ahead: 5600, state: "warning" },
    { ahead: -3_600_000, state: "warning" },
  ]
) {
  Deno.test(`judgeClock() finds ${state} for ${ahead} ms and a round trip of 1 s`, () => {
    equal(judgeClock(ahead, 1000).state, state);
  });
}

Deno.test("judgeClock() says which clock is ahead", () => {
  match(judgeClock(60_000, 0).message, /server's clock is 60 s ahead/);
  match(judgeClock(-60_000, 0).message, /server's clock is 60 s behind/);
});

const DIRECT = {
  target: 'database "app" on db1:5432',
  isSameDatabase: true,
  mode: "none",
} as const;

Deno.test("judgeDirectUrl() approves of the same database without a pooler", () => {
  equal(judgeDirectUrl(DIRECT).state, "ok");
});

Deno.test("judgeDirectUrl() finds another database", () => {
  equal(judgeDirectUrl({ ...DIRECT, isSameDatabase: false }).state, "problem");
});

Deno.test("judgeDirectUrl() finds a pooler there, too", () => {
  equal(judgeDirectUrl({ ...DIRECT, mode: "transaction" }).state, "warning");
});
