import { deepEqual, equal, match, ok } from "node:assert/strict";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  faultCount,
  pause,
  readStates,
  requireWholeLog,
  seededRandom,
  versionOf,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { startWireProxy, type WireAction } from "../helpers/wire_proxy.ts";

const COUNT = 30;
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index + 1);
const TABLE = "CREATE TABLE effects (id int);\n";

/** Migrations that each leave their number, and some that do more. */
function numbered(more: Readonly<Record<number, string>> = {}): ProjectFiles {
  const entries = NUMBERS.flatMap((number) => [
    [
      `${versionOf(number)}_effect.sql`,
      `${number === 1 ? TABLE : ""}INSERT INTO effects VALUES (${number});\n` +
      (more[number] ?? ""),
    ],
    [
      `rollbacks/${versionOf(number)}_effect_down.sql`,
      `DELETE FROM effects WHERE id = ${number};\n` +
      (number === 1 ? "DROP TABLE effects;\n" : ""),
    ],
  ]);
  return Object.fromEntries(entries);
}

async function readEffects({ db }: FaultBench): Promise<readonly number[]> {
  const [table] = await db.query("SELECT to_regclass('effects') AS t");
  if (table?.t === null) return [];
  const rows = await db.query("SELECT id FROM effects ORDER BY id");
  return rows.map(({ id }) => Number(id));
}

interface Told {
  readonly code: number;
  readonly statuses: readonly string[];
  readonly message: string;
  readonly said: string;
}

function parse(
  { code, stdout, stderr }: Awaited<ReturnType<FaultBench["run"]>>,
): Told {
  const report = JSON.parse(stdout);
  return {
    code,
    statuses: report.steps.map(({ status }: { status: string }) => status),
    message: report.error?.message ?? "",
    said: stdout + stderr,
  };
}

/** So many done, one that is not, and the rest never run. */
function stoppedAt(number: number, status: string): readonly string[] {
  return NUMBERS.map((one) =>
    one < number ? "done" : one === number ? status : "not_run"
  );
}

Deno.test("nothing happens of what was sent behind a migration that fails", () =>
  withBench(numbered({ 12: "SELECT 1/0;\n" }), async (bench) => {
    const failed = parse(await bench.run(["migrate", "--json"]));

    equal(failed.code, 5, failed.said);
    deepEqual(failed.statuses, stoppedAt(12, "failed"));
    match(failed.message, /"012_effect".*division by zero/);
    deepEqual(await readEffects(bench), NUMBERS.slice(0, 11));
    await Deno.writeTextFile(
      `${bench.dir}/migrations/012_effect.sql`,
      "INSERT INTO effects VALUES (12);\n",
    );
    const next = parse(await bench.run(["migrate", "--json"]));
    equal(next.code, 0, next.said);
    deepEqual(await readEffects(bench), NUMBERS);
    await requireWholeLog(bench.db);
  }));

Deno.test("nothing happens of what was sent behind a rollback that fails", async () => {
  const files = { ...numbered() };
  const down = "rollbacks/012_effect_down.sql";
  const sql = files[down];
  ok(sql !== undefined);
  files[down] = `${sql}SELECT 1/0;\n`;
  await withBench(files, async (bench) => {
    equal((await bench.run(["migrate"])).code, 0);

    const failed = parse(
      await bench.run(["rollback", "--count", "30", "--json"]),
    );

    equal(failed.code, 5, failed.said);
    deepEqual(await readEffects(bench), NUMBERS.slice(0, 12));
    deepEqual(
      (await readStates(bench.db)).filter((state) => state.endsWith("applied")),
      NUMBERS.slice(0, 12).map((number) => `${versionOf(number)} applied`),
    );
    await requireWholeLog(bench.db);
  });
});

Deno.test("what was sent behind a migration that a lock keeps out is sent again", async () => {
  const files = numbered({ 10: "ALTER TABLE held ADD COLUMN x int;\n" });
  await withBench(files, async (bench) => {
    await bench.db.query("CREATE TABLE held (id int)");
    const holder = await bench.db.connect();
    await holder.query("BEGIN; SELECT count(*) FROM held");
    const running = bench.spawn([
      "migrate",
      "--statement-lock-timeout",
      "300ms",
    ]);
    await running.waitForOutput("try 3 in");
    deepEqual(await readEffects(bench), NUMBERS.slice(0, 9));
    await holder.query("ROLLBACK");

    const { code, stderr } = await running.result;

    equal(code, 0, stderr);
    deepEqual(await readEffects(bench), NUMBERS);
    await requireWholeLog(bench.db);
  });
});

Deno.test("SIGINT stops what was sent behind the migration at work", () =>
  withBench(numbered({ 8: "SELECT pg_sleep(60);\n" }), async (bench) => {
    const running = bench.spawn(["migrate", "--json"]);
    await waitForStatement(bench.db, "pg_sleep(60)");

    running.kill("SIGINT");
    const stopped = parse(await running.result);

    equal(stopped.code, 130, stopped.said);
    deepEqual(stopped.statuses, stoppedAt(8, "failed"));
    deepEqual(await readEffects(bench), NUMBERS.slice(0, 7));
  }));

Deno.test("what migrations that are sent together say comes in their order", async () => {
  const raise = (number: number) =>
    `DO $$ BEGIN RAISE NOTICE 'said by ${number}'; END $$;\n`;
  const more = Object.fromEntries(NUMBERS.map((one) => [one, raise(one)]));
  await withBench(numbered(more), async (bench) => {
    const { code, stderr } = await bench.run(["migrate"]);

    equal(code, 0, stderr);
    const heard = stderr.match(/^\[\d+\/30\]|said by \d+/gm);
    deepEqual(
      heard,
      NUMBERS.flatMap((number) => [`[${number}/30]`, `said by ${number}`]),
    );
  });
});

const FAULTS: readonly (readonly [WireAction, string])[] = [
  ["cut", "connection cut"],
  ["cut_all", "both connections cut"],
  ["half_close", "connection half closed"],
  ["late", "a message that comes late"],
  ["pass_then_cut", "connection cut behind a message"],
  ["spoil", "a message that is spoiled"],
];

for (const [action, what] of FAULTS) {
  const fault = `${what} among 30 migrations that are sent together`;
  Deno.test(`${fault}: told truthfully, and done once`, async () => {
    const random = seededRandom(fault);
    const counts = { injected: 0, lost: 0, duplicated: 0, misreported: 0 };
    for (let time = 0; time < faultCount(40); time++) {
      // About six messages for each of them, and the same to the client.
      const place = Math.floor(random() * COUNT * 6);
      const from = action === "late" || action === "spoil" || random() < 0.5
        ? "client"
        : "server";
      await withBench(numbered(), async (bench) => {
        const found = await disturb(bench, { action, place, from });
        counts.injected += found.injected;
        counts.lost += found.lost;
        counts.duplicated += found.duplicated;
        counts.misreported += found.misreported;
      });
    }
    countFault(fault, counts);
    const { lost, duplicated, misreported } = counts;
    deepEqual([lost, duplicated, misreported], [0, 0, 0]);
  });
}

interface Disturbance {
  readonly action: WireAction;
  /** Counts the messages of the worker on one side. */
  readonly place: number;
  readonly from: "client" | "server";
}

async function disturb(
  bench: FaultBench,
  { action, place, from }: Disturbance,
) {
  let met = 0;
  await using proxy = startWireProxy(bench.db.url, {
    onMessage(message) {
      const isOfWorker = message.connection === 2 && message.from === from &&
        (from === "client" ? message.text.includes("/* lockstep ") : true);
      return isOfWorker && met++ === place ? action : "pass";
    },
  });
  const told = parse(
    await bench.run(["migrate", "--json"], { DATABASE_URL: proxy.url }),
  );
  if (action === "late") await pause(1_500);
  const truth = await readEffects(bench);
  const done = told.statuses.flatMap((status, index) =>
    status === "done" ? [index + 1] : []
  );
  const isTold = done.join() === truth.join() &&
    !told.statuses.includes("unknown");
  if (!isTold) console.error(`truth ${truth}: ${told.said}`);
  const next = await bench.run(["migrate"]);
  equal(next.code, 0, next.stderr);
  await requireWholeLog(bench.db);
  return {
    injected: met > place ? 1 : 0,
    ...compareEffects(NUMBERS, await readEffects(bench)),
    misreported: isTold ? 0 : 1,
  };
}
