import { shownQuery } from "./shown_query.ts";

/** A lock that a session waits for. */
export interface AwaitedLock {
  /** The `locktype` of pg_locks, such as `relation` or `transactionid`. */
  readonly kind: string;
  /** Such as `AccessExclusiveLock`. */
  readonly mode: string;
  readonly relation?: string;
}

/** Who is in the way of a session that waits for a lock. */
export interface Blocker {
  readonly kind: "session" | "autovacuum" | "prepared";
  /** Absent for a prepared transaction, which no process has. */
  readonly processId?: number;
  /** The name that a transaction was prepared under. */
  readonly preparedAs?: string;
  readonly user?: string;
  readonly application?: string;
  /** Absent for a local socket. */
  readonly address?: string;
  /** Such as `idle in transaction`. */
  readonly state?: string;
  /** The age of its transaction. */
  readonly transactionMs?: number;
  /** The first line of what it runs, or ran last. */
  readonly query?: string;
  /** Whether the role may see what other roles do. */
  readonly details: "seen" | "hidden";
  /** What it waits for itself. */
  readonly awaits?: AwaitedLock;
  /** Who is in its way. */
  readonly blockers: readonly Blocker[];
  /** Whether it stands elsewhere with all that is known of it. */
  readonly isRepeated?: true;
}

/** A wait for a lock, with those who are in the way. */
export interface Blockage {
  readonly awaits: AwaitedLock;
  readonly waitedMs: number;
  readonly blockers: readonly Blocker[];
  /** How many more blockers there are than are named. */
  readonly omitted: number;
}

/** A row of `read_blockers.sql`: column names and values as text. */
export type BlockerRow = Readonly<Record<string, string | undefined>>;

/**
 * The wait of the session without a waiter, as a tree: a blocker that waits
 * itself has its own blockers. Undefined when it does not wait any more.
 */
export function parseBlockage(
  rows: readonly BlockerRow[],
): Blockage | undefined {
  const root = rows.find(({ waiter }) => waiter === undefined);
  const awaits = root === undefined ? undefined : awaitedLock(root);
  if (root === undefined || awaits === undefined) return undefined;
  const growth: Growth = { rows, seen: new Set([root.pid]), shown: 0 };
  const blockers = grow(root.pid, growth, 1);
  if (blockers.length === 0) return undefined;
  const all = new Set(
    rows.filter((row) => row !== root && row.pid !== root.pid).map(identityOf),
  );
  return {
    awaits,
    waitedMs: numberOf(root.waited_ms) ?? 0,
    blockers,
    omitted: [...all].filter((identity) => !growth.seen.has(identity)).length,
  };
}

/** Equal for two looks at a wait when the same sessions are in the way. */
export function blockageKey({ awaits, blockers }: Blockage): string {
  return JSON.stringify([awaits, blockers.map(blockerKey)]);
}

function blockerKey(blocker: Blocker): unknown {
  const { processId, preparedAs, awaits, blockers } = blocker;
  return [processId, preparedAs, awaits, blockers.map(blockerKey)];
}

/** What a tree has taken in so far. */
interface Growth {
  readonly rows: readonly BlockerRow[];
  readonly seen: Set<string | undefined>;
  shown: number;
}

const MAX_SHOWN = 20;
const MAX_DEPTH = 8;

function grow(
  waiter: string | undefined,
  growth: Growth,
  depth: number,
): readonly Blocker[] {
  const blockers: Blocker[] = [];
  const rows = growth.rows.filter((row) =>
    waiter !== undefined && row.waiter === waiter
  );
  for (const row of rows.toSorted(byCulprit)) {
    if (growth.shown >= MAX_SHOWN) break;
    growth.shown++;
    const identity = identityOf(row);
    if (growth.seen.has(identity)) {
      blockers.push({ ...whoIs(row), blockers: [], isRepeated: true });
      continue;
    }
    growth.seen.add(identity);
    const above = depth < MAX_DEPTH ? grow(row.pid, growth, depth + 1) : [];
    blockers.push({ ...describe(row), blockers: above });
  }
  return blockers;
}

/** Those who wait for nobody come first, and the oldest of them before all. */
function byCulprit(one: BlockerRow, other: BlockerRow): number {
  const waits = (row: BlockerRow) => row.awaited_kind === undefined ? 0 : 1;
  const age = (row: BlockerRow) => numberOf(row.transaction_ms) ?? 0;
  return waits(one) - waits(other) || age(other) - age(one);
}

function identityOf({ pid, gid }: BlockerRow): string | undefined {
  return gid === undefined ? pid : `gid ${gid}`;
}

function describe(row: BlockerRow): Omit<Blocker, "blockers"> {
  const transactionMs = numberOf(row.transaction_ms);
  const awaits = awaitedLock(row);
  const isHidden = row.gid === undefined && row.backend_type === undefined;
  return {
    ...whoIs(row),
    ...optional("user", row.usename),
    ...optional("application", row.application_name || undefined),
    ...optional("address", row.client_address),
    ...optional("state", row.state),
    ...(transactionMs !== undefined && { transactionMs }),
    ...(!isHidden && optional("query", queryOf(row))),
    ...(isHidden && { details: "hidden" }),
    ...(awaits !== undefined && { awaits }),
  };
}

function whoIs({ pid, gid, backend_type: type }: BlockerRow): Pick<
  Blocker,
  "kind" | "processId" | "preparedAs" | "details"
> {
  const details = "seen";
  if (gid !== undefined) return { kind: "prepared", preparedAs: gid, details };
  return {
    kind: type === "autovacuum worker" ? "autovacuum" : "session",
    processId: Number(pid),
    details,
  };
}

function queryOf({ query }: BlockerRow): string | undefined {
  return shownQuery(query ?? "") || undefined;
}

function awaitedLock(row: BlockerRow): AwaitedLock | undefined {
  const { awaited_kind: kind, awaited_mode: mode, awaited_relation } = row;
  if (kind === undefined || mode === undefined) return undefined;
  return { kind, mode, ...optional("relation", nameOf(awaited_relation)) };
}

/** A relation of an open transaction has only its number for others. */
function nameOf(relation: string | undefined): string | undefined {
  return relation === undefined || /^\d+$/.test(relation)
    ? undefined
    : relation;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function optional(
  name: string,
  text: string | undefined,
): Record<string, string> {
  return text === undefined ? {} : { [name]: text };
}
