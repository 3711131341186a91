import { describeHolder } from "../core/lock.ts";
import type { LockSession } from "../core/lock_session.ts";
import type { UnlockReport } from "../core/unlock_report.ts";
import { LockError } from "../errors.ts";
import { type Connection, describeTarget } from "./postgres/connection.ts";
import { endSession, readLockSessions } from "./postgres/lock_sessions.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import { sleep } from "./postgres/stop.ts";
import type { Target } from "./postgres/target.ts";

/**
 * Who has to do with the lock; with `terminate`, after those sessions have
 * been ended and nothing else.
 */
export async function unlock(
  target: Target,
  terminate: readonly LockSession[] = [],
): Promise<UnlockReport> {
  const draft: Draft = { sessions: [], ended: [] };
  try {
    await using connection = await target.connect();
    draft.target = describeTarget(connection.target);
    for (const session of terminate) {
      if (await endSession(connection, target.lock, session)) {
        draft.ended.push(session);
      }
    }
    await look(connection, target, draft);
    if (terminate.length > 0) await settle(connection, target, draft);
    requireEnd(terminate, draft);
    return toReport(target, draft);
  } catch (failure) {
    return { ...toReport(target, draft), ...failed(requireKnown(failure)) };
  }
}

interface Draft {
  target?: string;
  askedAt?: string | undefined;
  sessions: readonly LockSession[];
  readonly ended: LockSession[];
}

async function look(
  connection: Connection,
  { lock }: Target,
  draft: Draft,
): Promise<void> {
  const [sessions, [answer]] = await Promise.all([
    readLockSessions(connection, lock),
    connection.run(
      "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', " +
        `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    ),
  ]);
  draft.sessions = sessions;
  draft.askedAt = answer?.rows[0]?.[0];
}

const FREE_LIMIT_MS = 10_000;
/** A live run needs a moment to stop its worker. */
const WORKER_LIMIT_MS = 3_000;
const POLL_MS = 100;

async function settle(
  connection: Connection,
  target: Target,
  draft: Draft,
): Promise<void> {
  const start = performance.now();
  while (draft.sessions.length > 0) {
    const waitedMs = performance.now() - start;
    const isHeld = findSurvivors(draft).length > 0;
    if (waitedMs > (isHeld ? FREE_LIMIT_MS : WORKER_LIMIT_MS)) return;
    await sleep(POLL_MS, target.signal);
    await look(connection, target, draft);
  }
}

function requireEnd(
  terminate: readonly LockSession[],
  draft: Draft,
): void {
  const [survivor] = findSurvivors(draft);
  if (survivor !== undefined) {
    throw new LockError(
      "lock_timeout",
      `Cannot free the migration lock as pid ${survivor.processId} was told ` +
        `to end and has not for ${FREE_LIMIT_MS / 1000} s`,
      { hint: "look at the process on the server, and run the command again" },
    );
  }
  const [missed] = terminate.filter((session) =>
    !draft.ended.includes(session)
  );
  const [other] = draft.sessions;
  if (missed === undefined || other === undefined) return;
  throw new LockError(
    "holder_changed",
    `Cannot end pid ${missed.processId} as it has let go of the lock ` +
      `meanwhile; now it is ${describeHolder(other)}`,
    { hint: "look again before you end that one" },
  );
}

/** Sessions that were told to end and are still there. */
function findSurvivors({ sessions, ended }: Draft): readonly LockSession[] {
  return sessions.filter((session) =>
    ended.some((one) =>
      one.processId === session.processId &&
      one.connectedAt === session.connectedAt
    )
  );
}

function toReport({ settings }: Target, draft: Draft): UnlockReport {
  const { target, askedAt, sessions, ended } = draft;
  return {
    kind: "unlock",
    success: true,
    ...(target !== undefined && { target }),
    table: settings.table,
    ...(askedAt !== undefined && { askedAt }),
    sessions,
    ended,
    warnings: [],
  };
}

function failed(error: UnlockReport["error"]): Partial<UnlockReport> {
  return { success: false, ...(error !== undefined && { error }) };
}
