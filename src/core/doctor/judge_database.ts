import { listSome, ok, type Verdict, warning } from "./verdict.ts";

/** An index that the server does not use; names are quoted as SQL needs. */
export interface InvalidIndex {
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  /** The index of a partitioned table, complete when all partitions have it. */
  readonly isOfPartitionedTable: boolean;
  /** The constraint that it serves. */
  readonly constraint?: string;
  readonly isBeingBuilt: boolean;
}

/** Indexes that a failed CREATE or REINDEX CONCURRENTLY has left. */
export function judgeIndexes(indexes: readonly InvalidIndex[]): Verdict {
  const left = indexes.filter(({ isBeingBuilt }) => !isBeingBuilt);
  const details = listSome(indexes.map(describeIndex), LIST_LIMIT);
  if (left.length === 0) {
    return ok("none is INVALID", indexes.length === 0 ? {} : { details });
  }
  return warning(`${count(left.length, "index", "indexes")} INVALID`, {
    details,
    advice: "an INVALID index is kept up to date and never used; drop it, or " +
      "build it again with REINDEX INDEX CONCURRENTLY:",
    commands: left.slice(0, LIST_LIMIT).map(repairOf),
  });
}

const LIST_LIMIT = 10;

function describeIndex(index: InvalidIndex): string {
  const text = `${index.schema}.${index.name} on ${index.table}`;
  if (index.isBeingBuilt) return `${text}, which is being built`;
  if (index.isOfPartitionedTable) {
    return `${text}, which some partitions do not have yet`;
  }
  return index.constraint === undefined
    ? text
    : `${text}, for the constraint ${index.constraint}`;
}

function repairOf(index: InvalidIndex): string {
  const { schema, name } = index;
  if (index.isOfPartitionedTable) {
    return `ALTER INDEX ${schema}.${name} ATTACH PARTITION index_of_partition;`;
  }
  // The half-made twin of REINDEX CONCURRENTLY, or the old one after its swap.
  const isTwin = /_cc(?:new|old)\d*"?$/.test(name);
  return index.constraint === undefined || isTwin
    ? `DROP INDEX CONCURRENTLY ${schema}.${name};`
    : `REINDEX INDEX CONCURRENTLY ${schema}.${name};`;
}

/** A partition on its way out; names are quoted as SQL needs. */
export interface PendingDetach {
  readonly table: string;
  readonly partition: string;
}

/** Partitions whose DETACH CONCURRENTLY stopped half-way. */
export function judgePartitions(pending: readonly PendingDetach[]): Verdict {
  if (pending.length === 0) return ok("no DETACH is pending");
  return warning(
    `${count(pending.length, "DETACH", "DETACHes")} stopped half-way`,
    {
      details: pending.map(({ table, partition }) =>
        `${partition} of ${table}`
      ),
      advice: "finish it; until then no other partition can be detached so:",
      commands: pending.map(({ table, partition }) =>
        `ALTER TABLE ${table} DETACH PARTITION ${partition} FINALIZE;`
      ),
    },
  );
}

/** A transaction that has been open for long. */
export interface OpenTransaction {
  readonly processId: number;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly ageMs: number;
  /** Tables that it has locks on. */
  readonly tables: readonly string[];
}

/** Transactions that DDL would have to wait for. */
export function judgeTransactions(
  open: readonly OpenTransaction[],
): Verdict {
  if (open.length === 0) return ok("none has been open for long");
  return warning(
    `${count(open.length, "transaction has", "transactions have")} been open ` +
      "for long",
    {
      details: listSome(open.map(describeTransaction)),
      advice:
        "a migration that needs one of their tables waits for them, and " +
        "all others wait behind it; end them first, each with " +
        "SELECT pg_terminate_backend(pid)",
    },
  );
}

function describeTransaction(open: OpenTransaction): string {
  const tables = open.tables.length === 0
    ? "with a snapshot that CREATE INDEX CONCURRENTLY waits for"
    : `with locks on ${listSome(open.tables, 3).join(", ")}`;
  return [
    `pid ${open.processId}`,
    open.user,
    ...(open.application === "" ? [] : [open.application]),
    `${open.state} for ${ageText(open.ageMs)}`,
    tables,
  ].join(", ");
}

/** A transaction that was prepared and not ended. */
export interface PreparedTransaction {
  /** Quoted as SQL needs. */
  readonly gid: string;
  readonly owner: string;
  readonly ageMs: number;
}

const PREPARED_LIMIT_MS = 10_000;

/** Prepared transactions that nobody came back for. */
export function judgePrepared(
  prepared: readonly PreparedTransaction[],
): Verdict {
  const old = prepared.filter(({ ageMs }) => ageMs >= PREPARED_LIMIT_MS);
  if (old.length === 0) return ok("no prepared transaction is old");
  return warning(
    `${
      count(old.length, "prepared transaction is", "prepared transactions are")
    } old`,
    {
      details: listSome(
        old.map(({ gid, owner, ageMs }) =>
          `${gid} of ${owner}, ${ageText(ageMs)} old`
        ),
      ),
      advice: "it keeps its locks, over restarts too; if its coordinator is " +
        "gone, end it with COMMIT PREPARED or:",
      commands: old.slice(0, 5).map(({ gid }) => `ROLLBACK PREPARED ${gid};`),
    },
  );
}

/** A replication slot that nobody reads from. */
export interface IdleSlot {
  readonly name: string;
  readonly keptBytes: number;
}

const KEPT_LIMIT_BYTES = 1024 ** 3;

/** Slots that keep the write-ahead log from being removed. */
export function judgeSlots(idle: readonly IdleSlot[]): Verdict {
  const large = idle.filter(({ keptBytes }) => keptBytes >= KEPT_LIMIT_BYTES);
  if (large.length === 0) {
    return ok("no idle replication slot keeps much of it");
  }
  return warning(
    `${
      count(
        large.length,
        "idle replication slot keeps",
        "idle replication slots keep",
      )
    } it`,
    {
      details: listSome(
        large.map(({ name, keptBytes }) =>
          `${name} keeps ${(keptBytes / 1024 ** 3).toFixed(1)} GB`
        ),
      ),
      advice: "what a large migration writes is kept as well, and can fill " +
        "the disk; start the reader again, or drop the slot",
    },
  );
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function ageText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
