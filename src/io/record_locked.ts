import { ConnectionError } from "../errors.ts";
import type { Connection } from "./postgres/connection.ts";
import { createTables } from "./postgres/history_store.ts";
import {
  awaitRunners,
  type LockedWork,
  withLock,
} from "./postgres/locked_run.ts";
import type { RecordContext, Written } from "./postgres/record_transaction.ts";
import type { Target } from "./postgres/target.ts";
import { requireUntracked } from "./require_untracked.ts";

/** Records to be written where nothing is tracked yet. */
export interface Recording {
  /** As in "Cannot …", such as `adopt from goose`. */
  readonly action: string;
  readonly write: (context: RecordContext) => Promise<Written>;
}

/**
 * Takes the lock, makes the tracking tables, sees that they are empty, and
 * lets `write` fill them; the run's id.
 *
 * @throws {HistoryError} If something is tracked meanwhile.
 * @throws {ConnectionError} With the code `outcome_unknown` if nobody can say
 * whether the records are there.
 */
export async function recordLocked(
  target: Target,
  connection: Connection,
  { action, write }: Recording,
): Promise<string> {
  const { names, reconnect } = target;
  const recorder = target.recorder();
  const lock: LockedWork = {
    reader: connection,
    connect: () => target.connect(),
    names,
    keys: target.lock,
    lockTimeoutMs: target.settings.lockTimeoutMs,
    signal: target.signal,
    onEvent: target.onEvent,
  };
  // deno-lint-ignore require-await -- the interface is asynchronous
  const goOn = async () => true;
  await withLock({ ...lock, goOn }, async (_keeper, worker) => {
    await awaitRunners(lock, worker);
    await createTables(worker, names);
    await requireUntracked(worker, names, action);
    const written = await write({ worker, recorder, reconnect });
    if (written === "unknown") throw unknownOutcome(action);
  });
  return recorder.runId;
}

function unknownOutcome(action: string): ConnectionError {
  return new ConnectionError(
    "outcome_unknown",
    `Cannot say whether the rows were recorded to ${action} as the ` +
      "connection broke at their COMMIT and the server cannot be asked",
    { hint: 'see "lockstep status" once the server can be reached' },
  );
}
