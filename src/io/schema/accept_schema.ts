import type { Connection } from "../postgres/connection.ts";
import { ConnectionError } from "../../errors.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import { NOW } from "../postgres/claim_sql.ts";
import { createTables, rowsOf } from "../postgres/history_store.ts";
import { type LockedWork, withLock } from "../postgres/locked_run.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import { logSql } from "../postgres/record_sql.ts";
import {
  type RecordContext,
  recordTogether,
} from "../postgres/record_transaction.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { snapshotError } from "./snapshot_rights.ts";
import { WITHOUT_JIT } from "./read_schema.ts";
import { createSnapshots, storeSchemaSql } from "./stored_schema.ts";

/**
 * Stores the schema as it is as the one to expect, under the lock, with a row
 * in the log.
 *
 * @throws {HistoryError} If the role may not.
 */
export async function acceptSchema(
  target: Target,
  connection: Connection,
  reason: string | undefined,
): Promise<void> {
  requireWritable(connection);
  const recorder = target.recorder();
  // deno-lint-ignore require-await -- the interface is asynchronous
  const goOn = async () => true;
  await withLock({ ...lockOf(target, connection), goOn }, async (_, worker) => {
    await createTables(worker, target.names);
    await createSnapshots(worker, target.names);
    const { reconnect } = target;
    const written = await store({ worker, recorder, reconnect }, reason);
    if (written === "unknown") throw unknownOutcome();
    return written;
  });
}

function lockOf(target: Target, reader: Connection): LockedWork {
  return {
    reader,
    connect: () => target.connect(),
    names: target.names,
    keys: target.lock,
    lockTimeoutMs: target.settings.lockTimeoutMs,
    signal: target.signal,
    onEvent: target.onEvent,
  };
}

async function store(context: RecordContext, reason: string | undefined) {
  const { worker, recorder } = context;
  const { names } = recorder;
  try {
    return await recordTogether(context, "drift", async (mark) => {
      const query = storeSchemaSql(recorder, worker.serverVersion, reason);
      const [stored] = rowsOf(
        await worker.run(
          readingSql(`${WITHOUT_JIT}; ${mark}${query} RETURNING fingerprint`),
        ),
      );
      const log = logSql(recorder, {
        direction: "drift",
        version: "-",
        name: "schema",
        checksum: stored?.fingerprint ?? "",
        filePath: "",
      }, { outcome: "accepted", startedAt: NOW, statements: 0, reason });
      await worker.run(mark + log);
    });
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await worker.run("ROLLBACK");
    throw await snapshotError(worker, { names, use: "store" }, error);
  }
}

function unknownOutcome(): ConnectionError {
  return new ConnectionError(
    "outcome_unknown",
    "Cannot say whether the schema was stored as the connection broke at " +
      "its COMMIT and the server cannot be asked",
    { hint: 'see "lockstep drift" once the server can be reached' },
  );
}
