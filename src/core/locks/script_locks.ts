import type { SourceLocation } from "../../errors.ts";
import type { LintScript, ReadStatement } from "../lint/lint.ts";
import type { LiveDatabase, LiveTable } from "../lint/live_tables.ts";
import { RULES } from "../lint/rules/mod.ts";
import type { SchemaSoFar } from "../lint/schema_so_far.ts";
import { type LockMode, type Stopped, stoppedBy } from "./lock_mode.ts";
import type { TableLock, TableWork } from "./table_lock.ts";

/** How a statement of a file locks tables. */
export interface StatementLocks {
  readonly location: SourceLocation;
  /** What it does, such as `CREATE INDEX orders_placed`. */
  readonly label: string;
  /** How many equal statements follow it. */
  readonly repeats: number;
  /** Absent where the statement does not tell. */
  readonly locks?: readonly ShownLock[];
  /** How to stop fewer. */
  readonly instead?: string;
}

/** The lock of a statement on a table, or another relation. */
export interface ShownLock {
  /** As the file names it, or in words where only the server knows it. */
  readonly table: string;
  readonly mode: LockMode;
  /** What others cannot do with it meanwhile. */
  readonly stops: Stopped;
  /** What is done to all of its rows meanwhile. */
  readonly work: TableWork;
  /** Whether the server may find that the work is not needed. */
  readonly isWorkCertain: boolean;
  /** Whether the same file, or run, made it, so that nobody uses it. */
  readonly isNew: boolean;
  /** Where lint is connected and the table is there. */
  readonly size?: LiveTable;
}

/** How the statements of a script lock tables, after those before it. */
export function listLocks(
  { file: { path }, statements }: LintScript,
  schema: SchemaSoFar,
  live?: LiveDatabase,
): readonly StatementLocks[] {
  const listed: StatementLocks[] = [];
  for (const statement of statements) {
    const one = describe(statement, path, { schema, live });
    if (statement.tree !== undefined) schema.see(statement.tree);
    const last = listed.at(-1);
    if (last !== undefined && isAlike(last, one)) {
      listed[listed.length - 1] = { ...last, repeats: last.repeats + 1 };
    } else {
      listed.push(one);
    }
  }
  return listed;
}

interface Known {
  readonly schema: SchemaSoFar;
  readonly live: LiveDatabase | undefined;
}

function describe(
  { line, column, label = "", locks }: ReadStatement,
  path: string,
  known: Known,
): StatementLocks {
  const location = { path, line, column };
  const shown = locks?.map((lock) => show(lock, known));
  const rule = locks?.find((lock, index) =>
    lock.rule !== undefined && shown?.[index]?.isNew === false
  )?.rule;
  const instead = RULES.find(({ name }) => name === rule)?.instead;
  return {
    location,
    label,
    repeats: 0,
    ...(shown !== undefined && { locks: shown }),
    ...(instead !== undefined && { instead }),
  };
}

function show(
  { table, other = "", mode, work, isWorkCertain }: TableLock,
  { schema, live }: Known,
): ShownLock {
  const { schema: inSchema, name } = table ?? { name: other };
  const isNew = table !== undefined && schema.isNew(table);
  const size = table === undefined ? undefined : live?.find(table);
  return {
    table: inSchema === undefined ? name : `${inSchema}.${name}`,
    mode,
    stops: isNew ? "nothing" : stoppedBy(mode),
    work,
    isWorkCertain,
    isNew,
    ...(size !== undefined && { size }),
  };
}

function isAlike(one: StatementLocks, other: StatementLocks): boolean {
  return one.label === other.label &&
    JSON.stringify(one.locks) === JSON.stringify(other.locks);
}
