import {
  type Blockage,
  blockageKey,
  type BlockerRow,
  parseBlockage,
} from "../../core/blocker.ts";
import type { RunEvent, StepStatus } from "../../core/outcome.ts";
import { parsePhase, type Phase } from "../../core/phase.ts";
import type { Step } from "../../core/plan/plan.ts";
import { shownQuery } from "../../core/shown_query.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { LockstepError } from "../../errors.ts";
import type { Connection, StatementAnswer } from "./connection.ts";
import type { Keeper } from "./held_lock.ts";
import { PostgresError } from "./postgres_error.ts";
import readAwaitedSql from "./sql/read_awaited.sql" with { type: "text" };
import readBlockersSql from "./sql/read_blockers.sql" with { type: "text" };
import watchWorkerSql from "./sql/watch_worker.sql" with { type: "text" };
import { fillIn } from "./tracking_sql.ts";

/** What a watch looks with, and whom it tells. */
export interface WatchOptions {
  /** The keeper's own, with its transaction open. */
  readonly connection: Connection;
  readonly keeper: Pick<Keeper, "renew">;
  /** What every statement of the run starts with. */
  readonly mark: string;
  readonly onEvent: (event: RunEvent) => void;
}

const FIRST_LOOK_MS = 1_000;
const PAUSE_MS = 1_000;
/** A shorter wait is no news: the server has many for a moment. */
const SHORT_WAIT_MS = 300;
/** How often the same and other blockers are told of. */
const SAME_MS = 60_000;
const OTHER_MS = 3_000;
const MAX_FAILURES = 5;

/**
 * Looks at the worker about once a second, once a step has taken so long, and
 * tells what it is at and who is in its way. One look ends before the next
 * begins; one that fails is no harm to the run.
 */
export class Watch implements Disposable {
  readonly #options: WatchOptions;
  #work: Work | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Passes the events of the run on, and learns from them when to look. */
  readonly onEvent = (event: RunEvent): void => {
    if (event.type === "step_finished") this.#end(event.outcome.status);
    this.#options.onEvent(event);
    if (event.type === "step_started") this.#begin(event.step);
  };

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#work = undefined;
  }

  #begin(step: Step): void {
    this.#work = { step, failures: 0 };
    this.#plan(this.#work, FIRST_LOOK_MS);
  }

  /** What has failed, perhaps of waiting for too long, does not go on. */
  #end(status: StepStatus): void {
    if (this.#work !== undefined && status === "done") {
      this.#tellFree(this.#work);
    }
    this[Symbol.dispose]();
  }

  #plan(work: Work, ms: number): void {
    this.#timer = setTimeout(async () => {
      // That of the step before may still be under way.
      await this.#look;
      if (this.#work === work) this.#look = this.#lookAt(work);
    }, ms);
  }

  async #lookAt(work: Work): Promise<void> {
    try {
      const isWanted = () => this.#work === work;
      const sight = await look(this.#options, isWanted);
      work.failures = 0;
      if (isWanted() && sight !== undefined) this.#tell(work, sight);
    } catch (error) {
      const isAnswer = error instanceof PostgresError ||
        error instanceof LockstepError;
      if (!isAnswer) throw error;
      // A lost connection or transaction is for the keeper to find.
      work.failures++;
    }
    const goesOn = this.#work === work && work.failures < MAX_FAILURES;
    if (goesOn) this.#plan(work, PAUSE_MS);
  }

  #tell(work: Work, { worker, blockage }: Sight): void {
    if (blockage !== undefined) this.#tellBlocked(work, blockage);
    if (!worker.isWaiting) this.#tellFree(work);
    const { statement, elapsedMs, phase } = worker;
    this.#options.onEvent({
      type: "working",
      step: work.step,
      statement,
      elapsedMs,
      ...(phase !== undefined && { phase }),
    });
  }

  #tellBlocked(work: Work, blockage: Blockage): void {
    if (blockage.waitedMs < SHORT_WAIT_MS) return;
    const now = performance.now();
    const key = blockageKey(blockage);
    const { wait } = work;
    const since = wait?.since ?? now - blockage.waitedMs;
    const gap = wait?.key === key ? SAME_MS : OTHER_MS;
    if (wait !== undefined && now - wait.toldAt < gap) return;
    work.wait = { since, key, toldAt: now };
    this.#options.onEvent({ type: "blocked", step: work.step, blockage });
  }

  #tellFree(work: Work): void {
    const { wait, step } = work;
    if (wait === undefined) return;
    work.wait = undefined;
    const waitedMs = performance.now() - wait.since;
    this.#options.onEvent({ type: "unblocked", step, waitedMs });
  }
}

/** A step that is at work, and what was told of it. */
interface Work {
  readonly step: Step;
  failures: number;
  wait?: {
    readonly since: number;
    readonly key: string;
    readonly toldAt: number;
  } | undefined;
}

/** What one look at the server has shown. */
interface Sight {
  readonly worker: Worker;
  readonly blockage: Blockage | undefined;
}

interface Worker {
  readonly pid: number;
  readonly statement: string;
  readonly elapsedMs: number;
  readonly isWaiting: boolean;
  readonly phase: Phase | undefined;
}

/** Undefined while the worker waits for us, not the other way round. */
async function look(
  { connection, keeper, mark }: WatchOptions,
  isWanted: () => boolean,
): Promise<Sight | undefined> {
  const [found = [], [awaited] = []] = await readAside(
    connection,
    `${fillIn(watchWorkerSql, { mark: quoteLiteral(mark) })};${readAwaitedSql}`,
  );
  // A concurrent index build waits for all transactions that were reading at
  // one moment of it, and our look may have been one: it would wait for ever.
  if (awaited?.is_awaited === "t") await keeper.renew();
  const [row] = found;
  if (row === undefined || !isWanted()) return undefined;
  const worker = parseWorker(row);
  if (!worker.isWaiting) return { worker, blockage: undefined };
  const [pairs = []] = await readAside(
    connection,
    fillIn(readBlockersSql, { pid: String(worker.pid) }),
  );
  return { worker, blockage: parseBlockage(pairs) };
}

type Row = BlockerRow;

/**
 * Reads inside a savepoint that is left whatever happens: so no catalog stays
 * locked, and what fails does not end the keeper's transaction. A migration may
 * have locked a catalog: that is not waited for. What pg_stat_activity shows
 * stays the same inside a transaction until it is told to look again.
 */
export async function readAside(
  connection: Connection,
  sql: string,
): Promise<readonly (readonly Row[])[]> {
  const [read, left] = await Promise.allSettled([
    connection.run(`${PREPARE}; ${sql}`),
    connection.run(
      "ROLLBACK TO SAVEPOINT lockstep_watch; RELEASE SAVEPOINT lockstep_watch",
    ),
  ]);
  if (read.status === "rejected") throw read.reason;
  if (left.status === "rejected") throw left.reason;
  return read.value.slice(PREPARE.split(";").length).map(toRows);
}

const PREPARE = [
  "SAVEPOINT lockstep_watch",
  "SET LOCAL lock_timeout = '200ms'",
  "SET LOCAL statement_timeout = '2s'",
  "SET LOCAL jit = off",
  "SELECT pg_catalog.pg_stat_clear_snapshot()",
].join("; ");

function toRows({ fields, rows }: StatementAnswer): readonly Row[] {
  return rows.map((values) =>
    Object.fromEntries(fields.map((field, index) => [field, values[index]]))
  );
}

function parseWorker(row: Row): Worker {
  const { view, columns, relation, index } = row;
  const phase = view === undefined || columns === undefined
    ? undefined
    : parsePhase({ view, columns, relation, index });
  return {
    pid: Number(row.pid),
    statement: shownQuery(row.query ?? ""),
    elapsedMs: Number(row.elapsed_ms),
    isWaiting: row.is_waiting === "t",
    phase,
  };
}
