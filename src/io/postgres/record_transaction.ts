import { ConnectionError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { awaitBackends } from "./lost_step.ts";
import type { Recorder } from "./record_sql.ts";
import { beginSql, RECORD_LOCK_TIMEOUT, statementMark } from "./session.ts";

/** What writing records by themselves works with. */
export interface RecordContext {
  readonly worker: Connection;
  readonly recorder: Recorder;
  /** Connects anew, to ask what became of a COMMIT. */
  readonly reconnect: () => Promise<Connection>;
}

/** Whether the records are there; nobody knows when no server answers. */
export type Written = "done" | "unknown";

/**
 * Opens a transaction, lets `write` fill it, and commits it. Each change in it
 * has a row in the log, so that the log can tell what became of the COMMIT.
 *
 * @throws {ConnectionError} If the connection broke and nothing was written.
 */
export async function recordTogether(
  context: RecordContext,
  what: string,
  write: (mark: string) => Promise<void>,
): Promise<Written> {
  const { worker, recorder } = context;
  const mark = statementMark(recorder.lock, {
    runId: recorder.runId,
    version: what,
  });
  await worker.run(
    `${beginSql(worker.serverVersion, "")}; ${RECORD_LOCK_TIMEOUT}`,
  );
  await write(mark);
  try {
    await worker.run(`${mark}COMMIT`);
    return "done";
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const found = await findOut(context);
    if (found === "rolled_back") throw error;
    return found;
  }
}

/** The changes and their rows in the log were committed together. */
async function findOut(
  { recorder, reconnect }: RecordContext,
): Promise<"done" | "rolled_back" | "unknown"> {
  try {
    await using connection = await reconnect();
    await awaitBackends(connection, recorder);
    const answers = await connection.run(
      `SELECT EXISTS (SELECT FROM ${recorder.names.log} ` +
        `WHERE run_id = '${recorder.runId}')`,
    );
    return answers[0]?.rows[0]?.[0] === "t" ? "done" : "rolled_back";
  } catch (error) {
    if (error instanceof ConnectionError) return "unknown";
    throw error;
  }
}
