import type { LockHolder } from "./lock.ts";

/** A session that has to do with the lock, and what the server tells of it. */
export interface LockSession extends LockHolder {
  readonly role: LockSessionRole;
  /** ISO 8601 in microseconds; tells it from a later one of the same pid. */
  readonly connectedAt?: string;
  /** As the server names it, such as `idle in transaction`. */
  readonly state?: string;
  /** ISO 8601. */
  readonly stateSince?: string;
  /** What it waits for, such as `Lock: relation`. */
  readonly waitsFor?: string;
  /** The first line of its last statement. */
  readonly query?: string;
  /** The run and the migration that this statement belongs to. */
  readonly runId?: string;
  readonly version?: string;
  /** Whether only a superuser may end it. */
  readonly isSuperuser: boolean;
  /** Whether the server hides from the role what the session does. */
  readonly isHidden: boolean;
}

/**
 * What a session is to the lock: it holds it, it works for the run that holds
 * it, or its run is dead.
 */
export type LockSessionRole = "holder" | "worker" | "left_over";

/** A row of what the server was asked, with times that sort as text. */
export interface LockSessionRow extends Omit<LockSession, "role"> {
  readonly holdsLock: boolean;
  readonly queryStart?: string;
}

/**
 * The sessions with their roles, the holder first. A statement that is younger
 * than the hold on the lock belongs to the run that has it: a dead run lost
 * the lock before, and sends nothing more.
 */
export function assignRoles(
  rows: readonly LockSessionRow[],
): readonly LockSession[] {
  const since = rows.find(({ holdsLock }) => holdsLock)?.since;
  return rows
    .map((row) => toSession(row, since))
    .sort((a, b) => ORDER[a.role] - ORDER[b.role] || a.processId - b.processId);
}

/**
 * The sessions that keep a run from starting: the holders, or what dead runs
 * have left when nobody holds the lock.
 */
export function findBlocking(
  sessions: readonly LockSession[],
): readonly LockSession[] {
  const holders = sessions.filter(({ role }) => role === "holder");
  return holders.length > 0 ? holders : sessions;
}

const ORDER: Readonly<Record<LockSessionRole, number>> = {
  holder: 0,
  worker: 1,
  left_over: 2,
};

function toSession(
  { holdsLock, queryStart = "", ...session }: LockSessionRow,
  since: string | undefined,
): LockSession {
  if (holdsLock) return { ...session, role: "holder" };
  const isYounger = since !== undefined && queryStart >= since;
  return { ...session, role: isYounger ? "worker" : "left_over" };
}
