import { deepEqual, equal, ok } from "node:assert/strict";
import {
  type FaultBench,
  faultCount,
  pause,
  readStates,
  requireWholeLog,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import {
  startWireProxy,
  type WireAction,
  type WireMessage,
} from "../helpers/wire_proxy.ts";

const FILES: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n" +
    "INSERT INTO effects VALUES (1);\n",
  "002_insert.sql": "INSERT INTO effects VALUES (2);\n",
};

interface Attempt {
  readonly code: number;
  readonly said: string;
  /** Of the first migration and the second, by the final report. */
  readonly reported: readonly string[];
}

/** Runs migrate through a proxy that does something once. */
async function runCut(
  bench: FaultBench,
  choose: (message: WireMessage) => WireAction | undefined,
  settleMs = 0,
): Promise<Attempt & { readonly wasHit: boolean }> {
  let wasHit = false;
  await using proxy = startWireProxy(bench.db.url, {
    onMessage(message) {
      const action = wasHit ? undefined : choose(message);
      if (action !== undefined) wasHit = true;
      return action ?? "pass";
    },
  });
  const { code, stdout, stderr } = await bench.run(["migrate", "--json"], {
    DATABASE_URL: proxy.url,
  });
  // Until what is late has arrived.
  await pause(settleMs);
  const report = JSON.parse(stdout);
  const steps: { status: string }[] = report.steps ?? [];
  return {
    code,
    wasHit,
    said: stdout + stderr,
    reported: steps.map(({ status }) => status),
  };
}

/** What the database says became of the two migrations. */
async function readTruth({ db }: FaultBench): Promise<readonly string[]> {
  const [table] = await db.query(
    "SELECT to_regclass('schema_migrations') AS t",
  );
  const states = table?.t === null ? [] : await readStates(db);
  const [effects] = await db.query("SELECT to_regclass('effects') AS t");
  const rows = effects?.t === null
    ? []
    : await db.query("SELECT id FROM effects ORDER BY id");
  const applied = states.filter((state) => state.endsWith("applied"));
  deepEqual(
    rows.map(({ id }) => id),
    applied.map((state) => Number(state.slice(0, 3))),
    "the effects and the history disagree",
  );
  return ["001", "002"].map((version) =>
    states.includes(`${version} applied`) ? "done" : "not"
  );
}

async function requireTruth(
  bench: FaultBench,
  attempt: Attempt,
): Promise<void> {
  const truth = await readTruth(bench);
  const told = [0, 1].map((index) =>
    attempt.reported[index] === "done" ? "done" : "not"
  );
  deepEqual(told, truth, attempt.said);
  ok(!attempt.reported.includes("unknown"), attempt.said);
  ok([0, 4, 5, 7].includes(attempt.code), attempt.said);
  if (attempt.code === 0) deepEqual(truth, ["done", "done"], attempt.said);
  const next = await bench.run(["migrate"]);
  equal(next.code, 0, next.stderr);
  deepEqual(await readTruth(bench), ["done", "done"]);
  await requireWholeLog(bench.db);
}

async function startOver({ db }: FaultBench): Promise<void> {
  await db.query(
    "DROP TABLE IF EXISTS effects; DROP VIEW IF EXISTS migration_status_view;" +
      "DROP FUNCTION IF EXISTS get_migration_status();" +
      "DROP TABLE IF EXISTS schema_migrations, schema_migrations_log, " +
      "schema_migrations_rollbacks",
  );
}

type Choice = (message: WireMessage) => boolean;

/** Does the same at the first message that is chosen, the second, and so on. */
async function tryEach(
  bench: FaultBench,
  action: WireAction,
  isChosen: Choice,
): Promise<number> {
  for (let tried = 0;; tried++) {
    let met = 0;
    const attempt = await runCut(
      bench,
      (message) => isChosen(message) && met++ === tried ? action : undefined,
      action === "late" ? 1_200 : 0,
    );
    if (!attempt.wasHit) return tried;
    await requireTruth(bench, attempt);
    await startOver(bench);
  }
}

function ofClient({ from }: WireMessage): boolean {
  return from === "client";
}

function ofSecond({ from, type, text }: WireMessage): boolean {
  return from === "client" && type === "Q" &&
    text.startsWith("/* lockstep ") && text.includes(" 002 */");
}

function isBegin(message: WireMessage): boolean {
  return ofSecond(message) && message.text.includes(" BEGIN ");
}

/** What ends the answer to each message of the worker. */
function isReady({ from, connection, type }: WireMessage): boolean {
  return from === "server" && connection === 2 && type === "Z";
}

for (
  const { action, where, isChosen, least } of [
    { action: "cut", where: "message", isChosen: ofClient, least: 20 },
    { action: "cut", where: "answer", isChosen: isReady, least: 12 },
    { action: "pass_then_cut", where: "message", isChosen: ofSecond, least: 5 },
    { action: "cut_all", where: "message", isChosen: ofSecond, least: 5 },
    { action: "half_close", where: "message", isChosen: ofSecond, least: 5 },
    { action: "late", where: "transaction", isChosen: isBegin, least: 1 },
  ] as const
) {
  Deno.test(`${action} at each ${where} in turn is told truthfully`, async () => {
    await withBench(FILES, async (bench) => {
      const tried = await tryEach(bench, action, isChosen);

      console.log(`${action} at ${tried} of each ${where}`);
      ok(tried >= least, String(tried));
    });
  });
}

for (const action of ["cut", "cut_all", "half_close"] as const) {
  Deno.test(`${action} at COMMIT's answer is found out by the row`, async () => {
    await withBench(FILES, async (bench) => {
      const attempt = await runCut(
        bench,
        ({ from, connection, type, text }) =>
          from === "server" && connection === 2 && type === "C" &&
            text === "COMMIT"
            ? action
            : undefined,
      );

      equal(attempt.code, 7, attempt.said);
      deepEqual(attempt.reported, ["done", "not_run"], attempt.said);
      ok(attempt.said.includes("the server has committed it"), attempt.said);
      await requireTruth(bench, attempt);
    });
  });
}

// A request to cancel that meets BEGIN leaves no transaction for what is on its
// way behind it: each statement would be one of its own.
Deno.test("no statement runs when its BEGIN has not", async () => {
  await withBench(FILES, async (bench) => {
    const attempt = await runCut(
      bench,
      (message) => isBegin(message) ? "spoil" : undefined,
    );

    ok(attempt.wasHit);
    deepEqual(attempt.reported, ["done", "failed"], attempt.said);
    await requireTruth(bench, attempt);
  });
});

// It takes as long as the keeper is patient, so a short run leaves it out.
Deno.test({
  name: "a server that falls silent ends the run within a minute",
  ignore: faultCount(10) < 10,
  fn: () =>
    withBench(FILES, async (bench) => {
      const start = Date.now();
      const attempt = await runCut(
        bench,
        (message) =>
          ofSecond(message) && message.text.includes("INSERT INTO effects")
            ? "stall_all"
            : undefined,
      );

      ok(Date.now() - start < 60_000, attempt.said);
      equal(attempt.code, 7, attempt.said);
      deepEqual(attempt.reported, ["done", "failed"], attempt.said);
      await requireTruth(bench, attempt);
    }),
});
