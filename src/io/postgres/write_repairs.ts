import type { RepairChange } from "../../core/repair/repair_change.ts";
import { ConnectionError, HistoryError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { historyError } from "./history_rights.ts";
import { awaitBackends } from "./lost_step.ts";
import { PostgresError } from "./postgres_error.ts";
import type { KeptScript, Recorder } from "./record_sql.ts";
import { repairSql } from "./repair_sql.ts";
import { beginSql, RECORD_LOCK_TIMEOUT, statementMark } from "./session.ts";

/** A change that is ready to be made. */
export interface PreparedRepair {
  readonly change: RepairChange;
  readonly kept?: KeptScript | undefined;
}

/** What writing changes works with. */
export interface RepairContext {
  readonly worker: Connection;
  readonly recorder: Recorder;
  readonly reason?: string | undefined;
  /** Connects anew, to ask what became of a COMMIT. */
  readonly reconnect: () => Promise<Connection>;
}

/** Whether the changes are there; nobody knows when no server answers. */
export type Written = "done" | "unknown";

/**
 * Makes all changes in one transaction, or none.
 *
 * @throws {HistoryError} If a row is no longer as it was read.
 * @throws {ConnectionError} If the connection broke and nothing was changed.
 */
export async function writeRepairs(
  context: RepairContext,
  repairs: readonly PreparedRepair[],
): Promise<Written> {
  const { worker } = context;
  await worker.run(
    `${beginSql(worker.serverVersion, "")}; ${RECORD_LOCK_TIMEOUT}`,
  );
  for (const repair of repairs) await writeRepair(context, repair);
  try {
    await worker.run(`${markOf(context)}COMMIT`);
    return "done";
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const found = await findOut(context);
    if (found === "rolled_back") throw error;
    return found;
  }
}

async function writeRepair(
  context: RepairContext,
  { change, kept }: PreparedRepair,
): Promise<void> {
  const { worker, recorder, reason } = context;
  try {
    const sql = repairSql(recorder, change, { reason, kept });
    await worker.run(markOf(context) + sql);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await worker.run("ROLLBACK");
    if (error.fields.sqlstate === NO_SUCH_ROW) throw rowChanged(change, error);
    throw await historyError(worker, recorder.names, error);
  }
}

const NO_SUCH_ROW = "22P02";

function markOf({ recorder }: RepairContext): string {
  return statementMark(recorder.lock, {
    runId: recorder.runId,
    version: "repair",
  });
}

function rowChanged(
  { version, name }: RepairChange,
  cause: PostgresError,
): HistoryError {
  return new HistoryError(
    "row_changed",
    `Cannot repair "${version}_${name}" as its row was changed meanwhile, ` +
      "by hand or by a tool without the lock",
    { hint: 'nothing was changed; run "lockstep repair" again', cause },
  );
}

/** The changes and their rows in the log were committed together. */
async function findOut(
  { recorder, reconnect }: RepairContext,
): Promise<"done" | "rolled_back" | "unknown"> {
  try {
    await using connection = await reconnect();
    await awaitBackends(connection, recorder);
    const answers = await connection.run(
      `SELECT EXISTS (SELECT FROM ${recorder.names.log} ` +
        `WHERE run_id = '${recorder.runId}' AND direction = 'repair')`,
    );
    return answers[0]?.rows[0]?.[0] === "t" ? "done" : "rolled_back";
  } catch (error) {
    if (error instanceof ConnectionError) return "unknown";
    throw error;
  }
}
