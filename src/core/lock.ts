import { createHash } from "node:crypto";

/** The two numbers of an advisory lock, each a signed 32-bit integer. */
export interface LockKeys {
  readonly first: number;
  readonly second: number;
}

/** Who holds the lock of a run, as the server knows it. */
export interface LockHolder {
  readonly processId: number;
  readonly user?: string;
  readonly application?: string;
  /** The client's address; undefined for a unix socket. */
  readonly address?: string;
  /** ISO 8601. */
  readonly since?: string;
}

/**
 * The lock of a tracking table. Advisory locks are already per database, so
 * applications with different tracking tables never block each other.
 */
export function lockKeys(lockKey: number, table: string): LockKeys {
  const hash = createHash("sha256").update(table).digest();
  return { first: lockKey, second: hash.readInt32BE(0) };
}

/** One line that names a holder of the lock in full. */
export function describeHolder(holder: LockHolder): string {
  const parts = [`pid ${holder.processId}`];
  if (holder.user !== undefined) parts.push(`user ${holder.user}`);
  if (holder.application !== undefined) parts.push(holder.application);
  parts.push(`from ${holder.address ?? "a local socket"}`);
  if (holder.since !== undefined) parts.push(`since ${holder.since}`);
  return parts.join(", ");
}
