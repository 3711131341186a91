import type { TriedLock, TriedRelation } from "./dry_run_report.ts";

/** A relation as the server shows it to the transaction at work. */
export interface SeenRelation {
  readonly oid: string;
  /** Absent once it is dropped. */
  readonly name?: string | undefined;
  /** The `relkind` of pg_class. */
  readonly kind?: string | undefined;
  /** Absent where there is no file. */
  readonly file?: string | undefined;
}

/** A relation with one of the modes that it is locked in. */
export interface HeldLock extends SeenRelation {
  /** As pg_locks names it, such as `AccessExclusiveLock`. */
  readonly mode: string;
}

/** The relations that there are, and which of them are locked by us. */
export interface RelationLedger {
  readonly known: Map<string, KnownRelation>;
  /** The strongest mode of each, by its rank. */
  readonly held: Map<string, number>;
}

interface KnownRelation extends TriedRelation {
  readonly file: string | undefined;
  readonly isNew: boolean;
}

/** What a statement has done to relations that were there before it. */
export interface RelationChanges {
  readonly locks: readonly TriedLock[];
  readonly rewritten: readonly TriedRelation[];
}

/** A ledger of the relations that there are before the first statement. */
export function createLedger(
  relations: readonly SeenRelation[],
): RelationLedger {
  const ledger: RelationLedger = { known: new Map(), held: new Map() };
  for (const relation of relations) note(ledger, relation, "there before");
  return ledger;
}

/** Takes in the locks after a statement, and answers what is new of them. */
export function noteLocks(
  ledger: RelationLedger,
  rows: readonly HeldLock[],
): RelationChanges {
  const locks: TriedLock[] = [];
  const rewritten: TriedRelation[] = [];
  for (const [oid, { row, rank }] of strongest(rows)) {
    const before = ledger.known.get(oid);
    const isStronger = rank > (ledger.held.get(oid) ?? -1);
    if (isStronger) ledger.held.set(oid, rank);
    note(ledger, row, "made by us");
    if (before === undefined) continue;
    const { name, kind, isNew } = before;
    const mode = MODES[rank]?.words ?? row.mode;
    // What the transaction has made itself nobody else can see.
    if (isStronger && !isNew) locks.push({ name, kind, mode });
    if (isReplaced(before, row)) rewritten.push({ name, kind });
  }
  return {
    locks: locks.toSorted(byStrength),
    rewritten: rewritten.toSorted(byName),
  };
}

/** The sequences from before that a statement may have moved on. */
export function touchedSequences({ known, held }: RelationLedger): string[] {
  return [...held.keys()].filter((oid) => {
    const relation = known.get(oid);
    return relation?.kind === SEQUENCE && !relation.isNew;
  });
}

function note(
  { known }: RelationLedger,
  { oid, name, kind, file }: SeenRelation,
  origin: "there before" | "made by us",
): void {
  if (name === undefined) return;
  const before = known.get(oid);
  known.set(oid, {
    name,
    kind: KINDS[kind ?? ""] ?? "relation",
    file,
    isNew: before?.isNew ?? origin === "made by us",
  });
}

function strongest(
  rows: readonly HeldLock[],
): ReadonlyMap<string, { readonly row: HeldLock; readonly rank: number }> {
  const found = new Map<string, { row: HeldLock; rank: number }>();
  for (const row of rows) {
    const rank = MODES.findIndex(({ mode }) => mode === row.mode);
    const other = found.get(row.oid);
    if (other === undefined || other.rank < rank) {
      found.set(row.oid, { row, rank });
    }
  }
  return found;
}

/** A sequence gets another file whenever it is altered. */
function isReplaced(before: KnownRelation, { file }: HeldLock): boolean {
  return before.kind !== SEQUENCE && before.file !== undefined &&
    file !== undefined && before.file !== file;
}

function byName(one: TriedRelation, other: TriedRelation): number {
  return one.name < other.name ? -1 : 1;
}

function byStrength(one: TriedLock, other: TriedLock): number {
  const rank = ({ mode }: TriedLock) =>
    MODES.findIndex(({ words }) => words === mode);
  return rank(other) - rank(one) || byName(one, other);
}

/** Weakest first (PostgreSQL documentation, "Explicit Locking"). */
const MODES = [
  { mode: "AccessShareLock", words: "ACCESS SHARE" },
  { mode: "RowShareLock", words: "ROW SHARE" },
  { mode: "RowExclusiveLock", words: "ROW EXCLUSIVE" },
  { mode: "ShareUpdateExclusiveLock", words: "SHARE UPDATE EXCLUSIVE" },
  { mode: "ShareLock", words: "SHARE" },
  { mode: "ShareRowExclusiveLock", words: "SHARE ROW EXCLUSIVE" },
  { mode: "ExclusiveLock", words: "EXCLUSIVE" },
  { mode: "AccessExclusiveLock", words: "ACCESS EXCLUSIVE" },
] as const;

const SEQUENCE = "sequence";

const KINDS: Readonly<Record<string, string>> = {
  r: "table",
  p: "table",
  f: "foreign table",
  i: "index",
  I: "index",
  S: SEQUENCE,
  v: "view",
  m: "materialized view",
};
