import { deepEqual, equal, ok } from "node:assert/strict";
import type { CliResult } from "../helpers/cli.ts";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  faultCount,
  requireWholeLog,
  seededRandom,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";

/** Each way to commit, and the way back; what came twice would show. */
const FILES: ProjectFiles = {
  "001_table.sql": "INSERT INTO effects VALUES (11), (12);\n",
  "002_index.sql": "INSERT INTO effects VALUES (21);\n" +
    "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n" +
    "INSERT INTO effects VALUES (22);\n",
  "003_off.sql": "-- lockstep: transaction=off\n" +
    "INSERT INTO effects VALUES (31);\nINSERT INTO effects VALUES (32);\n",
  "004_copy.sql": "BEGIN;\nCOPY effects FROM stdin;\n41\n42\n\\.\nCOMMIT;\n",
  "rollbacks/001_table_down.sql": "INSERT INTO effects VALUES (-11), (-12);\n",
  "rollbacks/002_index_down.sql": "INSERT INTO effects VALUES (-22);\n" +
    "DROP INDEX CONCURRENTLY effects_id;\n" +
    "INSERT INTO effects VALUES (-21);\n",
  "rollbacks/003_off_down.sql": "-- lockstep: transaction=off\n" +
    "INSERT INTO effects VALUES (-32);\nINSERT INTO effects VALUES (-31);\n",
  "rollbacks/004_copy_down.sql": "COPY effects FROM stdin;\n-42\n-41\n\\.\n",
};
const APPLIED = [11, 12, 21, 22, 31, 32, 41, 42];
const ROLLED_BACK = APPLIED.map((id) => -id);
const VERSIONS = ["001", "002", "003", "004"];

type Direction = "migrate" | "rollback";

/** What is sent at a moment, and what the run exits with unless 0 or 6. */
const SIGNALS: Readonly<
  Record<string, { readonly signals: Deno.Signal[]; readonly exit: number }>
> = {
  SIGINT: { signals: ["SIGINT"], exit: 130 },
  SIGTERM: { signals: ["SIGTERM"], exit: 143 },
  // As timeout(1) sends it, and a terminal's whole group gets it.
  "SIGINT twice": { signals: ["SIGINT", "SIGINT"], exit: 130 },
  SIGQUIT: { signals: ["SIGQUIT"], exit: 131 },
};

async function startOver({ db }: FaultBench): Promise<void> {
  await db.query(
    "DROP TABLE IF EXISTS effects; DROP VIEW IF EXISTS migration_status_view;" +
      "DROP FUNCTION IF EXISTS get_migration_status();" +
      "DROP TABLE IF EXISTS schema_migrations, schema_migrations_log, " +
      "schema_migrations_rollbacks; CREATE TABLE effects (id int)",
  );
}

/** Runs once and sends signals when the message with this number passes. */
async function runSignalled(
  bench: FaultBench,
  args: readonly string[],
  moment: { readonly at: number; readonly signals: readonly Deno.Signal[] },
): Promise<CliResult & { readonly messages: number }> {
  let messages = 0;
  const started = Promise.withResolvers<(signal: Deno.Signal) => void>();
  await using proxy = startWireProxy(bench.db.url, {
    onMessage() {
      messages++;
      if (messages === moment.at) {
        started.promise.then((kill) => moment.signals.forEach(kill));
      }
      return "pass";
    },
  });
  const running = bench.spawn(args, { DATABASE_URL: proxy.url });
  started.resolve((signal) => running.kill(signal));
  return { ...await running.result, messages };
}

/** Each version as the report of a run in this direction would call it. */
async function readTruth(
  { db }: FaultBench,
  direction: Direction,
): Promise<readonly string[]> {
  const [table] = await db.query(
    "SELECT to_regclass('schema_migrations') AS t",
  );
  const rows = table?.t === null ? [] : await db.query(
    "SELECT version, CASE WHEN success THEN CASE WHEN rolled_back_at IS NULL " +
      "THEN 'migrate' ELSE 'rollback' END WHEN direction = 'rollback' OR " +
      "statements_done > 0 OR statement_started IS NOT NULL THEN 'partial' " +
      "ELSE 'not' END AS state FROM schema_migrations",
  );
  return VERSIONS.map((version) => {
    const state = rows.find((row) => row.version === version)?.state ?? "not";
    return state === direction ? "done" : state === "partial" ? state : "not";
  });
}

interface ReportedStep {
  readonly version: string;
  readonly status: string;
}

/** How often the report and the exit code say what is not so. */
function countLies(
  { code, stdout, stderr }: CliResult,
  truth: readonly string[],
  expected: { readonly exit: number; readonly hasReport: boolean },
): number {
  if (!expected.hasReport && code === expected.exit) return 0;
  const steps: ReportedStep[] = JSON.parse(stdout).steps ?? [];
  const told = VERSIONS.map((version) => {
    const status = steps.find((step) => step.version === version)?.status;
    return status === "done" || status === "partial" ? status : "not";
  });
  const exit = truth.includes("partial")
    ? 6
    : truth.every((state) => state === "done")
    ? [0, expected.exit]
    : expected.exit;
  const lies = told.filter((state, index) => state !== truth[index]).length +
    ([exit].flat().includes(code) ? 0 : 1);
  if (lies > 0) console.log({ told, truth, code, stdout, stderr });
  return lies;
}

async function finish(bench: FaultBench, direction: Direction): Promise<void> {
  const truth = await readTruth(bench, direction);
  const left = truth.filter((state) => state !== "done").length;
  if (left === 0) return;
  const args = direction === "migrate"
    ? ["migrate"]
    : ["rollback", "--count", String(left)];
  const { code, stderr } = await bench.run(args);
  equal(code, 0, stderr);
}

/** Seeded moments out of all, or all when the scale is large enough. */
function chooseMoments(title: string, total: number): readonly number[] {
  const random = seededRandom(title);
  const wanted = Math.min(total, faultCount(60));
  const all = Array.from({ length: total }, (_, index) => index + 1);
  return Array.from(
    { length: wanted },
    () => all.splice(Math.floor(random() * all.length), 1)[0] ?? 1,
  );
}

for (const direction of ["migrate", "rollback"] as const) {
  for (const [name, { signals, exit }] of Object.entries(SIGNALS)) {
    Deno.test(`${name} at any message of a ${direction} is told truthfully`, async () => {
      await withBench(
        FILES,
        (bench) => signalAtMoments(bench, { name, direction, signals, exit }),
      );
    });
  }
}

async function signalAtMoments(
  bench: FaultBench,
  { name, direction, signals, exit }: {
    readonly name: string;
    readonly direction: Direction;
    readonly signals: readonly Deno.Signal[];
    readonly exit: number;
  },
): Promise<void> {
  const args = direction === "migrate"
    ? ["migrate", "--json"]
    : ["rollback", "--count", "4", "--json"];
  const goal = direction === "migrate" ? APPLIED : [...APPLIED, ...ROLLED_BACK];
  async function prepare(): Promise<void> {
    await startOver(bench);
    if (direction === "rollback") await finish(bench, "migrate");
  }
  await prepare();
  const { messages } = await runSignalled(bench, args, { at: 0, signals });
  ok(messages > 50, String(messages));
  const counts = { injected: 0, lost: 0, duplicated: 0, misreported: 0 };
  for (const at of chooseMoments(`${name} ${direction}`, messages)) {
    await prepare();
    const result = await runSignalled(bench, args, { at, signals });
    counts.injected++;
    const hasReport = exit !== 131;
    const truth = await readTruth(bench, direction);
    counts.misreported += countLies(result, truth, { exit, hasReport });
    await finish(bench, direction);
    const rows = await bench.db.query("SELECT id FROM effects");
    const { lost, duplicated } = compareEffects(
      goal,
      rows.map(({ id }) => id),
    );
    counts.lost += lost;
    counts.duplicated += duplicated;
    deepEqual(
      await readTruth(bench, direction),
      VERSIONS.map(() => "done"),
    );
    await requireWholeLog(bench.db);
  }
  countFault(`${name} at a random message`, counts);
}
