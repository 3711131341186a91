import type { RepairChange } from "../../core/repair/repair_change.ts";
import { HistoryError } from "../../errors.ts";
import { historyError } from "./history_rights.ts";
import { PostgresError } from "./postgres_error.ts";
import type { KeptScript } from "./record_sql.ts";
import {
  type RecordContext,
  recordTogether,
  type Written,
} from "./record_transaction.ts";
import { repairSql } from "./repair_sql.ts";

/** A change that is ready to be made. */
export interface PreparedRepair {
  readonly change: RepairChange;
  readonly kept?: KeptScript | undefined;
}

/** What writing changes works with. */
export interface RepairContext extends RecordContext {
  readonly reason?: string | undefined;
}

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
  return await recordTogether(context, "repair", async (mark) => {
    for (const repair of repairs) await writeRepair(context, repair, mark);
  });
}

async function writeRepair(
  context: RepairContext,
  { change, kept }: PreparedRepair,
  mark: string,
): Promise<void> {
  const { worker, recorder, reason } = context;
  try {
    const sql = repairSql(recorder, change, { reason, kept });
    await worker.run(mark + sql);
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    await worker.run("ROLLBACK");
    if (error.fields.sqlstate === NO_SUCH_ROW) throw rowChanged(change, error);
    throw await historyError(worker, recorder.names, error);
  }
}

const NO_SUCH_ROW = "22P02";

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
