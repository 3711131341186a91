import { deepEqual, ok } from "node:assert/strict";
import {
  compareEffects,
  countFault,
  type FaultCounts,
} from "./fault_counts.ts";
import {
  type FaultBench,
  faultCount,
  pause,
  readStates,
  requireWholeLog,
  seededRandom,
} from "./faults.ts";
import type { ProjectFiles } from "./project.ts";
import {
  startWireProxy,
  type WireAction,
  type WireMessage,
} from "./wire_proxy.ts";

/** Two migrations, each in one transaction. */
export const ATOMIC_FILES: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n" +
    "INSERT INTO effects VALUES (1);\n",
  "002_insert.sql": "INSERT INTO effects VALUES (2);\n",
};

/** The second one is part transaction, part not. */
export const SPLIT_FILES: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n" +
    "INSERT INTO effects VALUES (1);\n",
  "002_index.sql": "INSERT INTO effects VALUES (2);\n" +
    "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n" +
    "INSERT INTO effects VALUES (3);\n",
};

/** A run that met something on its way to the server. */
export interface CutRun {
  readonly code: number;
  readonly said: string;
  /** Of the first migration and the second, by the final report. */
  readonly reported: readonly string[];
  readonly wasHit: boolean;
}

/** Says what becomes of a message; undefined lets it pass. */
export type Choice = (message: WireMessage) => WireAction | undefined;

/** What is run, and what follows when it has ended. */
export interface CutOptions {
  readonly command?: "migrate" | "rollback";
  readonly settle?: () => Promise<void>;
}

/** Until what is late has arrived, and has been worked on. */
export const LATE_MS = 1_200;

const LONGEST_RUN_MS = 300_000;

/** Runs lockstep through a proxy that does something once. */
export async function runCut(
  bench: FaultBench,
  choose: Choice,
  { command = "migrate", settle }: CutOptions = {},
): Promise<CutRun> {
  let wasHit = false;
  await using proxy = startWireProxy(bench.db.url, {
    onMessage(message) {
      const action = wasHit ? undefined : choose(message);
      if (action !== undefined) wasHit = true;
      return action ?? "pass";
    },
  });
  const running = bench.spawn([command, "--json"], {
    DATABASE_URL: proxy.url,
  });
  const limit = setTimeout(() => running.kill("SIGKILL"), LONGEST_RUN_MS);
  const { code, stdout, stderr } = await running.result;
  clearTimeout(limit);
  ok(code !== 137, `the run went on for ever: ${stderr}`);
  await settle?.();
  const report = JSON.parse(stdout);
  const steps: { status: string }[] = report.steps ?? [];
  return {
    code,
    wasHit,
    said: stdout + stderr,
    reported: [0, 1].map((index) => told(steps[index]?.status)),
  };
}

/** The messages of an undisturbed run, in no certain order. */
export async function listMessages(
  bench: FaultBench,
): Promise<readonly WireMessage[]> {
  const messages: WireMessage[] = [];
  await runCut(bench, (message) => {
    if (message.type !== "") messages.push(message);
    return undefined;
  });
  await startOver(bench);
  return messages;
}

/** Fails unless a run told the truth and the next one does the rest. */
export async function requireTruth(
  bench: FaultBench,
  attempt: CutRun,
): Promise<void> {
  const { lost, duplicated, misreported } = await findFaults(bench, attempt);
  deepEqual([lost, duplicated, misreported], [0, 0, 0], attempt.said);
}

/** Where a message is met, and what becomes of it there. */
export interface CutPlan {
  /** A row of the table of faults. */
  readonly fault: string;
  readonly action: WireAction;
  readonly isChosen: (message: WireMessage) => boolean;
  /** "sample" takes one in so many of them, unless all faults are asked for. */
  readonly share: "all" | "sample";
}

/**
 * Does the same at the first message that is chosen, at the second, and so on,
 * each time with a fresh database; how many there were.
 */
export async function cutEach(
  bench: FaultBench,
  plan: CutPlan,
): Promise<number> {
  const random = seededRandom(plan.fault);
  const counts = { injected: 0, lost: 0, duplicated: 0, misreported: 0 };
  for (let place = 0;; place += stride(plan, random)) {
    let met = 0;
    const attempt = await runCut(
      bench,
      (message) =>
        plan.isChosen(message) && met++ === place ? plan.action : undefined,
      { settle: () => pause(plan.action === "late" ? LATE_MS : 0) },
    );
    if (!attempt.wasHit) {
      ok(attempt.code === 0, `undisturbed, it failed: ${attempt.said}`);
      countFault(plan.fault, counts);
      return met;
    }
    const found = await findFaults(bench, attempt);
    counts.injected++;
    counts.lost += found.lost;
    counts.duplicated += found.duplicated;
    counts.misreported += found.misreported;
    await startOver(bench);
  }
}

function stride({ share }: CutPlan, random: () => number): number {
  const mean = share === "all" ? 1 : Math.max(1, 1000 / faultCount(1000));
  return 1 + Math.floor(random() * 2 * (mean - 1));
}

/** Compares a run with the database, and lets the next run do the rest. */
export async function findFaults(
  bench: FaultBench,
  attempt: CutRun,
): Promise<Required<Omit<FaultCounts, "injected">>> {
  const truth = await readTruth(bench);
  const isTold = truth.join() === attempt.reported.join();
  const isRight = attempt.code === exitOf(attempt, truth);
  if (!isTold || !isRight) {
    console.error(`exit ${attempt.code}, truth ${truth}: ${attempt.said}`);
  }
  const next = await bench.run(["migrate"]);
  ok(next.code === 0, next.stderr);
  deepEqual(await readTruth(bench), ["done", "done"]);
  await requireWholeLog(bench.db);
  return {
    ...compareEffects(await expectedEffects(bench), await readEffects(bench)),
    misreported: isTold && isRight ? 0 : 1,
  };
}

/** The one code that fits what is there, and what the run met. */
function exitOf({ code }: CutRun, truth: readonly string[]): number {
  if (truth.includes("partial")) return 6;
  const isDone = truth.every((status) => status === "done");
  if (code === 0) return isDone ? 0 : -1;
  return [4, 5, 7].includes(code) ? code : -1;
}

function told(status: string | undefined): string {
  switch (status) {
    case "done":
    case "partial":
    case "unknown":
      return status;
    default:
      return "not";
  }
}

/** What the database says became of the two migrations. */
async function readTruth({ db }: FaultBench): Promise<readonly string[]> {
  const [table] = await db.query(
    "SELECT to_regclass('schema_migrations') AS t",
  );
  if (table?.t === null) return ["not", "not"];
  const states = await readStates(db);
  const parts = await db.query(
    "SELECT version FROM schema_migrations WHERE NOT success " +
      "AND (statements_done > 0 OR statement_started IS NOT NULL)",
  );
  return ["001", "002"].map((version) => {
    if (states.includes(`${version} applied`)) return "done";
    return parts.some((part) => part.version === version) ? "partial" : "not";
  });
}

async function readEffects({ db }: FaultBench): Promise<readonly unknown[]> {
  const effects = await db.query("SELECT id::text AS effect FROM effects");
  const indexes = await db.query(
    "SELECT indexrelid::regclass::text || " +
      "CASE WHEN indisvalid THEN '' ELSE ' INVALID' END AS effect " +
      "FROM pg_index WHERE indrelid = 'effects'::regclass",
  );
  return [...effects, ...indexes].map(({ effect }) => effect);
}

async function expectedEffects({ db }: FaultBench): Promise<readonly string[]> {
  const [row] = await db.query(
    "SELECT name FROM schema_migrations WHERE version = '002'",
  );
  return row?.name === "insert" ? ["1", "2"] : ["1", "2", "3", "effects_id"];
}

async function startOver({ db }: FaultBench): Promise<void> {
  await db.query(
    "DROP TABLE IF EXISTS effects; DROP VIEW IF EXISTS migration_status_view;" +
      "DROP FUNCTION IF EXISTS get_migration_status();" +
      "DROP TABLE IF EXISTS schema_migrations, schema_migrations_log, " +
      "schema_migrations_rollbacks",
  );
}
