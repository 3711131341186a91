import { equal, ok } from "node:assert/strict";
import type { Blockage, Blocker } from "../../../src/core/blocker.ts";
import type { Phase } from "../../../src/core/phase.ts";
import {
  describeAmount,
  describePhase,
  nameBlockers,
  renderBlockage,
} from "../../../src/report/watch_text.ts";
import { EVIL } from "./sample_errors.ts";
import { PLAIN } from "./sample_reports.ts";

const SESSION: Blocker = {
  kind: "session",
  processId: 7,
  user: "app",
  application: "psql",
  address: "10.0.0.5",
  state: "idle in transaction",
  transactionMs: 65_000,
  query: "SELECT * FROM accounts FOR UPDATE",
  details: "seen",
  blockers: [],
};

function blockage(blockers: readonly Blocker[], omitted = 0): Blockage {
  return {
    awaits: {
      kind: "relation",
      mode: "AccessExclusiveLock",
      relation: "accounts",
    },
    waitedMs: 1200,
    blockers,
    omitted,
  };
}

Deno.test("renderBlockage() shows who blocks whom, as a tree", () => {
  const queued: Blocker = {
    kind: "session",
    processId: 8,
    user: "other",
    details: "hidden",
    awaits: { kind: "transactionid", mode: "ShareLock", relation: "t" },
    blockers: [
      { ...SESSION, isRepeated: true },
      {
        kind: "autovacuum",
        processId: 9,
        details: "seen",
        query: "autovacuum: VACUUM public.t",
        blockers: [],
      },
    ],
  };
  const prepared: Blocker = {
    kind: "prepared",
    preparedAs: "tx 1",
    user: "app",
    transactionMs: 500,
    details: "seen",
    blockers: [],
  };

  equal(
    renderBlockage(blockage([SESSION, queued, prepared], 1), PLAIN),
    `  BLOCKED: has waited 1.20 s for AccessExclusiveLock on accounts, behind
    pid 7, user app, psql, from 10.0.0.5, idle in transaction, transaction of 1 min 5 s
      SELECT * FROM accounts FOR UPDATE
    pid 8, user other, the rest is hidden from us
      waits for a row of t, behind
        pid 7, as above
        autovacuum, pid 9
          autovacuum: VACUUM public.t
    prepared transaction "tx 1", user app, transaction of 500 ms
    and 1 more session
`,
  );
});

Deno.test("renderBlockage() lets no other session write on the terminal", () => {
  const text = renderBlockage(
    blockage([{
      ...SESSION,
      user: EVIL,
      application: EVIL,
      query: `SELECT '${EVIL}'`,
    }, { kind: "prepared", preparedAs: EVIL, details: "seen", blockers: [] }]),
    PLAIN,
  );

  // deno-lint-ignore no-control-regex -- these are what must not be there
  ok(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/.test(text), text);
});

Deno.test("renderBlockage() clips a query to 80 columns", () => {
  const query = `SELECT ${"日".repeat(60)}`;

  const text = renderBlockage(blockage([{ ...SESSION, query }]), PLAIN);

  equal(text.split("\n")[2], `      SELECT ${"日".repeat(36)}…`);
});

const LOCKS = {
  "a row of t": { kind: "tuple", mode: "ExclusiveLock", relation: "t" },
  "the end of a transaction": { kind: "transactionid", mode: "ShareLock" },
  "the end of an older transaction": { kind: "virtualxid", mode: "ShareLock" },
  "ExclusiveLock on an advisory lock": {
    kind: "advisory",
    mode: "ExclusiveLock",
  },
  "ShareLock on a table": { kind: "relation", mode: "ShareLock" },
  "ExclusiveLock on page of t": {
    kind: "page",
    mode: "ExclusiveLock",
    relation: "t",
  },
};

for (const [text, awaits] of Object.entries(LOCKS)) {
  Deno.test(`renderBlockage() can wait for ${text}`, () => {
    const shown = renderBlockage({ ...blockage([SESSION]), awaits }, PLAIN);

    ok(shown.includes(` for ${text}, behind\n`), shown);
  });
}

Deno.test("nameBlockers() names the first and counts the others", () => {
  const prepared: Blocker = {
    kind: "prepared",
    preparedAs: "x",
    details: "seen",
    blockers: [],
  };

  equal(nameBlockers(blockage([SESSION])), "pid 7");
  equal(nameBlockers(blockage([prepared])), 'prepared transaction "x"');
  equal(nameBlockers(blockage([SESSION, prepared])), "pid 7 and 1 other");
});

const PHASE: Phase = {
  command: "CREATE INDEX",
  name: "building index: scanning table",
  relation: "accounts",
  index: "accounts_id",
  amount: { done: 1, total: 3, unit: "index" },
  percent: 33,
};

Deno.test("describePhase() says the percentage first", () => {
  equal(
    describePhase(PHASE),
    "33% building index: scanning table, CREATE INDEX on accounts_id",
  );
});

Deno.test("describePhase() does without what is not known", () => {
  equal(describePhase({ command: "COPY FROM", rows: 1 }), "1 row, COPY FROM");
});

Deno.test("describeAmount() counts in units", () => {
  equal(describeAmount(PHASE), " (1 of 3 indexes)");
  equal(
    describeAmount({ command: "", amount: { done: 1, unit: "row" } }),
    " (1 row)",
  );
  equal(
    describeAmount({
      command: "",
      amount: { done: 1536, total: 5 * 1024 ** 3, unit: "byte" },
    }),
    " (1.5 kB of 5.0 GB)",
  );
  equal(
    describeAmount({ command: "", amount: { done: 12, unit: "byte" } }),
    " (12 bytes)",
  );
  equal(describeAmount({ command: "" }), "");
});
