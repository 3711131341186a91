/** How far the server is with a long statement, by its pg_stat_progress views. */
export interface Phase {
  /** Such as `CREATE INDEX CONCURRENTLY`. */
  readonly command: string;
  /** In the server's words, such as `building index: scanning table`. */
  readonly name?: string;
  readonly relation?: string;
  readonly index?: string;
  /** How much of this phase is done; there is no number for the whole. */
  readonly amount?: Amount;
  /** From 0 to 100, of this phase. */
  readonly percent?: number;
  /** Rows that COPY has taken in. */
  readonly rows?: number;
}

/** So much of a whole, which is absent when nobody knows it. */
export interface Amount {
  readonly done: number;
  readonly total?: number;
  readonly unit: "block" | "row" | "byte" | "session" | "index" | "item";
}

/** A row of a pg_stat_progress view, whose columns depend on the server. */
export interface PhaseRow {
  /** The name of the view behind `pg_stat_progress_`. */
  readonly view: string;
  /** The columns as a JSON object. */
  readonly columns: string;
  readonly relation: string | undefined;
  readonly index: string | undefined;
}

/** What a row says, whichever view of PostgreSQL 14 to 18 it is from. */
export function parsePhase(row: PhaseRow): Phase {
  const columns: Columns = JSON.parse(row.columns);
  const name = textOf(columns.phase);
  const amount = measure(row.view, columns, name ?? "");
  const percent = percentOf(amount);
  const relation = nameOf(row.relation);
  const index = nameOf(row.index);
  return {
    command: textOf(columns.command) ?? row.view.toUpperCase(),
    ...(name !== undefined && { name }),
    ...(relation !== undefined && { relation }),
    ...(index !== undefined && { index }),
    ...(amount !== undefined && { amount }),
    ...(percent !== undefined && { percent }),
    ...(row.view === "copy" && { rows: numberOf(columns.tuples_processed) }),
  };
}

type Columns = Readonly<Record<string, unknown>>;

function measure(
  view: string,
  columns: Columns,
  phase: string,
): Amount | undefined {
  const pairs = PAIRS[view]?.find(({ phases }) => phases.test(phase));
  if (pairs === undefined) return undefined;
  const { unit } = pairs;
  const done = numberOf(columns[pairs.done]);
  const total = pairs.total === "" ? 0 : numberOf(columns[pairs.total]);
  if (total > 0) return { done, total, unit };
  return done > 0 ? { done, unit } : undefined;
}

interface Pair {
  readonly phases: RegExp;
  readonly done: string;
  /** Empty where the server does not know. */
  readonly total: string;
  readonly unit: Amount["unit"];
}

/** Which columns count in which phases; the first that fits. */
const PAIRS: Readonly<Record<string, readonly Pair[]>> = {
  create_index: [
    pair(/^waiting for/, "lockers_done lockers_total", "session"),
    pair(/tuples/, "tuples_done tuples_total", "row"),
    pair(/^/, "blocks_done blocks_total", "block"),
  ],
  vacuum: [
    pair(/^scanning heap/, "heap_blks_scanned heap_blks_total", "block"),
    pair(/^vacuuming heap/, "heap_blks_vacuumed heap_blks_total", "block"),
    // since PostgreSQL 17
    pair(/indexes$/, "indexes_processed indexes_total", "index"),
  ],
  cluster: [
    pair(/^seq scanning heap/, "heap_blks_scanned heap_blks_total", "block"),
    pair(/^index scanning heap/, "heap_tuples_scanned", "row"),
    pair(/^writing/, "heap_tuples_written heap_tuples_scanned", "row"),
    pair(/^rebuilding index/, "index_rebuild_count", "index"),
  ],
  analyze: [
    pair(/^acquiring/, "sample_blks_scanned sample_blks_total", "block"),
    pair(/extended/, "ext_stats_computed ext_stats_total", "item"),
  ],
  copy: [pair(/^/, "bytes_processed bytes_total", "byte")],
};

function pair(phases: RegExp, columns: string, unit: Amount["unit"]): Pair {
  const [done = "", total = ""] = columns.split(" ");
  return { phases, done, total, unit };
}

function percentOf(amount: Amount | undefined): number | undefined {
  if (amount?.total === undefined) return undefined;
  return Math.min(100, Math.floor(100 * amount.done / amount.total));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Missing in the views of an older server. */
function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** A relation of an open transaction has only its number for others. */
function nameOf(relation: string | undefined): string | undefined {
  return relation === undefined || /^\d+$/.test(relation)
    ? undefined
    : relation;
}
