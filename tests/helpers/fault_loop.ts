import { deepEqual, equal, ok } from "node:assert/strict";
import type { CliResult, RunningLockstep } from "./cli.ts";
import { compareEffects, countFault } from "./fault_counts.ts";
import {
  type FaultBench,
  pause,
  readStates,
  requireWholeLog,
  seededRandom,
  versionOf,
} from "./faults.ts";
import {
  expectedEffects,
  expectedIndexes,
  MIXED_SETUP,
  readEffects,
  readIndexes,
  type Way,
} from "./mixed_migrations.ts";

/** What is done to runs, one after the other. */
export interface LoopedFault {
  /** In words for people: the row of the table begins with it. */
  readonly name: string;
  /** How many runs are to be struck: one that ends before does not count. */
  readonly times: number;
  /** How many of {@linkcode mixedMigrations} there are. */
  readonly migrations: number;
  /** How long a run is at work at most when it is struck. */
  readonly atWorkMs: number;
  /** With which codes a run ends that was struck. */
  readonly exits: readonly number[];
  /** Does it to a run; `random` gives the numbers of the test. */
  strike(running: RunningLockstep, random: () => number): Promise<void>;
  /** Does what follows when the run has ended. */
  settle?(random: () => number): Promise<void>;
}

/**
 * Migrates all, rolls all back, and so on, with runs that are struck at random
 * moments, each next one started at once. What each run reports is compared
 * with the history, and what each way leaves with what it should.
 */
export async function repeatFault(
  bench: FaultBench,
  fault: LoopedFault,
): Promise<void> {
  await bench.db.query(MIXED_SETUP);
  const loop = new FaultLoop(bench, fault);
  for (let tried = 0; loop.injected < fault.times; tried++) {
    ok(tried < 20 + 5 * fault.times, "most runs are missed");
    await loop.strikeOne();
  }
  await loop.finish();
  loop.count();
}

const COMMANDS: Readonly<Record<Way, readonly string[]>> = {
  migrate: ["migrate", "--json"],
  // The first migration stays applied.
  rollback: ["rollback", "--to", "001", "--json"],
};
const STARTS: Readonly<Record<Way, string>> = {
  migrate: "Applying",
  rollback: "Rolling back",
};

class FaultLoop {
  readonly #bench: FaultBench;
  readonly #fault: LoopedFault;
  readonly #random: () => number;
  readonly #expected: string[] = [];
  readonly #injected: Record<Way, number> = { migrate: 0, rollback: 0 };
  readonly #misreported: Record<Way, number> = { migrate: 0, rollback: 0 };
  #missing = { lost: 0, duplicated: 0 };
  #way: Way = "migrate";
  #round = 1;

  constructor(bench: FaultBench, fault: LoopedFault) {
    this.#bench = bench;
    this.#fault = fault;
    this.#random = seededRandom(fault.name);
  }

  get injected(): number {
    return this.#injected.migrate + this.#injected.rollback;
  }

  async strikeOne(): Promise<void> {
    const running = this.#bench.spawn(COMMANDS[this.#way]);
    await this.#waitForMoment(running);
    await this.#fault.strike(running, this.#random);
    const result = await running.result;
    await this.#fault.settle?.(this.#random);
    const states = await this.#readStates();
    if (result.code !== 0) this.#injected[this.#way]++;
    const exits = [0, ...this.#fault.exits];
    ok(exits.includes(result.code), `${result.code}: ${result.stderr}`);
    if (!isTrue(result, states)) {
      console.error(result.stdout);
      this.#misreported[this.#way]++;
    }
    const isOver = states.join() === this.#statesAtEnd().join();
    if (isOver) await this.#turn();
    else if (result.code === 0) this.#misreported[this.#way]++;
  }

  async finish(): Promise<void> {
    const { code, stderr } = await this.#bench.run(COMMANDS[this.#way]);
    equal(code, 0, stderr);
    await this.#turn();
  }

  count(): void {
    for (const way of ["migrate", "rollback"] as const) {
      if (this.#injected[way] === 0) continue;
      countFault(`${this.#fault.name} at a random moment of ${way}`, {
        injected: this.#injected[way],
        ...this.#missing,
        misreported: this.#misreported[way],
      });
    }
  }

  /** Mostly at work; the rest while it connects, takes the lock and plans. */
  async #waitForMoment(running: RunningLockstep): Promise<void> {
    if (this.#random() < 0.25) return await pause(this.#random() * 300);
    await running.waitForOutput(STARTS[this.#way]).catch(() => {});
    await pause(this.#random() * this.#fault.atWorkMs);
  }

  async #readStates(): Promise<readonly string[]> {
    const [table] = await this.#bench.db.query(
      "SELECT to_regclass('schema_migrations') AS t",
    );
    return table?.t === null ? [] : await readStates(this.#bench.db);
  }

  #statesAtEnd(): readonly string[] {
    return Array.from(
      { length: this.#fault.migrations },
      (_, index) =>
        `${versionOf(index + 1)} ${
          index === 0 || this.#way === "migrate" ? "applied" : "rolled back"
        }`,
    );
  }

  /** Looks at what a way has left, and begins the way back. */
  async #turn(): Promise<void> {
    const { db } = this.#bench;
    const { migrations } = this.#fault;
    const way = this.#way;
    this.#expected.push(...expectedEffects(migrations, way, this.#round));
    this.#missing = compareEffects(this.#expected, await readEffects(db));
    if (this.#missing.lost + this.#missing.duplicated > 0) this.count();
    deepEqual(await this.#readStates(), this.#statesAtEnd());
    deepEqual(
      await readIndexes(db),
      way === "migrate" ? expectedIndexes(migrations) : [],
    );
    await requireWholeLog(db);
    this.#way = way === "migrate" ? "rollback" : "migrate";
    if (this.#way === "migrate") this.#round++;
    await db.query(`UPDATE round SET number = ${this.#round}`);
  }
}

/** Whether a run says of each of its steps what the history says. */
function isTrue({ stdout }: CliResult, states: readonly string[]): boolean {
  // A run that was killed says nothing.
  if (stdout === "") return true;
  const report = JSON.parse(stdout);
  const steps: {
    readonly version: string;
    readonly direction: Way;
    readonly status: string;
  }[] = report.steps ?? [];
  return steps.every(({ version, direction, status }) => {
    if (status === "unknown") return true;
    const end = direction === "migrate" ? "applied" : "rolled back";
    return states.includes(`${version} ${end}`) === (status === "done");
  });
}
