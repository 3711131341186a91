import { alterColumn, isMadeAnew, isRetyped } from "./alter_column.ts";
import { mentions, splitList } from "./split_statements.ts";
import { type ColumnShape, readTable, type TableShape } from "./table_shape.ts";
import { namesOf, undoSetting } from "./undo_setting.ts";

/** How a table becomes another one without losing its rows. */
export interface TableChange {
  /** Parts it from other tables, before these change. */
  readonly early: readonly string[];
  readonly statements: readonly string[];
  /** Whether columns take another type, which views would not allow. */
  readonly isRetyped: boolean;
  /** Names of columns that are dropped and added, with what stands on them. */
  readonly anew: readonly string[];
  /** Names of columns that are dropped with their data. */
  readonly lost: readonly string[];
  /** What has to be changed by hand, in words. */
  readonly unwritten: readonly string[];
}

/** The statements that alter a table, from how `schema dump` writes it. */
export function alterTable(
  name: string,
  before: string,
  after: string,
): TableChange {
  const [old, fresh] = [readTable(before), readTable(after)];
  const columns = alterColumns(name, old, fresh);
  const undone = undoSettings(old, fresh);
  const isParting = (statement: string) => PARTING.test(statement);
  return {
    ...columns,
    early: [
      ...writeHeirs(name, [old, fresh], "NO INHERIT"),
      ...undone.filter(isParting),
    ],
    statements: [
      ...undone.filter((statement) => !isParting(statement)),
      ...columns.statements,
      ...alterPersistence(name, old, fresh),
      ...alterClauses(name, old, fresh),
      ...fresh.statements.filter((one) =>
        !old.statements.includes(one) ||
        columns.anew.some((column) => one.includes(` ALTER COLUMN ${column} `))
      ),
      ...writeHeirs(name, [fresh, old], "INHERIT"),
    ],
    unwritten: findUnwritten(old, fresh),
  };
}

const PARTING = /^ALTER TABLE (?:"(?:[^"]|"")*"|[^"])+ DETACH PARTITION /u;

/** The tables that one inherits from, and the other does not. */
function writeHeirs(
  name: string,
  [one, other]: readonly [TableShape, TableShape],
  how: "INHERIT" | "NO INHERIT",
): readonly string[] {
  const kept = parentsOf(other);
  return parentsOf(one).filter((parent) => !kept.includes(parent))
    .map((parent) => `ALTER TABLE ${name} ${how} ${parent};`);
}

function isOfSameParents(one: TableShape, other: TableShape): boolean {
  return one.clauses.get("INHERITS") === other.clauses.get("INHERITS");
}

function parentsOf({ clauses }: TableShape): readonly string[] {
  const clause = clauses.get("INHERITS") ?? "";
  return splitList(clause.replace(/^INHERITS \(|\)$/gu, ""));
}

/** Columns of a partition are those of its parent. */
function alterColumns(
  table: string,
  old: TableShape,
  fresh: TableShape,
): ColumnChanges {
  if (isPartition(old) && isPartition(fresh)) {
    return alterPartition(table, old, fresh);
  }
  const { dropped, kept, added } = sortColumns(old, fresh);
  const changes = kept.map(([before, after]) =>
    alterColumn(table, before, after)
  );
  const after = byName(fresh.columns);
  const ifNew = isOfSameParents(old, fresh) ? "" : "IF NOT EXISTS ";
  const drops = [
    ...dropped.filter(({ generated }) => generated !== undefined),
    ...dropped.filter(({ generated }) => generated === undefined),
  ];
  const anew = dropped.map(({ name }) => name).filter((name) =>
    after.has(name)
  );
  return {
    anew,
    isRetyped: anew.length > 0 || changes.some((one) => one.isRetyped),
    // What is generated is computed again.
    lost: dropped.filter(({ generated }) => generated === undefined)
      .map(({ name }) => name),
    statements: [
      ...drops.map(({ name }) => `ALTER TABLE ${table} DROP COLUMN ${name};`),
      ...changes.flatMap(({ statements }) => statements),
      ...behindNeeded(added).map(({ line }) =>
        `ALTER TABLE ${table} ADD COLUMN ${ifNew}${line};`
      ),
    ],
  };
}

interface SortedColumns {
  readonly dropped: readonly ColumnShape[];
  /** What has changed, as it was and as it is. */
  readonly kept: readonly (readonly [ColumnShape, ColumnShape])[];
  readonly added: readonly ColumnShape[];
}

/** A column that is made anew is dropped and added. */
function sortColumns(old: TableShape, fresh: TableShape): SortedColumns {
  const before = byName(old.columns);
  const after = byName(fresh.columns);
  const retyped = fresh.columns.filter((column) => {
    const known = before.get(column.name);
    return known !== undefined && isRetyped(known, column);
  });
  const isAnew = (one: ColumnShape, other: ColumnShape) =>
    isMadeAnew(one, other) || other.generated !== undefined &&
      retyped.some(({ name }) => mentions(other.generated, name));
  const isKept = ({ name }: ColumnShape) => {
    const [one, other] = [before.get(name), after.get(name)];
    return one !== undefined && other !== undefined && !isAnew(one, other);
  };
  // What is not listed may be inherited.
  const isGone = (column: ColumnShape) =>
    !isKept(column) && (after.has(column.name) || isOfSameParents(old, fresh));
  return {
    dropped: old.columns.filter(isGone),
    kept: fresh.columns.filter(isKept).flatMap((column) => {
      const known = before.get(column.name);
      return known === undefined || known.line === column.line
        ? []
        : [[known, column] as const];
    }),
    added: fresh.columns.filter((column) => !isKept(column)),
  };
}

/** In their order, but for what is generated from a later one. */
function behindNeeded(
  columns: readonly ColumnShape[],
): readonly ColumnShape[] {
  const late = columns.filter(({ generated }, index) =>
    columns.slice(index + 1).some(({ name }) => mentions(generated, name))
  );
  return [...columns.filter((column) => !late.includes(column)), ...late];
}

type ColumnChanges = Omit<TableChange, "early" | "unwritten">;

function alterPartition(
  table: string,
  old: TableShape,
  fresh: TableShape,
): ColumnChanges {
  const before = byName(old.columns);
  const changes = fresh.columns.flatMap((column) => {
    const known = before.get(column.name);
    if (known?.line === column.line) return [];
    // A new one comes with its parent's default.
    const like = { ...(known ?? { ...column, default: undefined }) };
    return [alterColumn(table, { ...like, ...ofParent(column) }, column)];
  });
  return {
    anew: [],
    lost: [],
    isRetyped: changes.some((one) => one.isRetyped),
    statements: changes.flatMap(({ statements }) => statements),
  };
}

function ofParent({ type, collation, generated }: ColumnShape) {
  return { type, collation, generated };
}

function byName(
  columns: readonly ColumnShape[],
): ReadonlyMap<string, ColumnShape> {
  return new Map(columns.map((column) => [column.name, column]));
}

function isPartition({ statements }: TableShape): boolean {
  return statements.some((one) => one.includes(" ATTACH PARTITION "));
}

function undoSettings(old: TableShape, fresh: TableShape): readonly string[] {
  return findGone(old, fresh).flatMap((one) => undoSetting(one) ?? []);
}

/** Statements that are no longer there, nor of columns that are not. */
function findGone(old: TableShape, fresh: TableShape): readonly string[] {
  const dropped = old.columns.filter(({ name }) =>
    !fresh.columns.some((column) => column.name === name)
  );
  return old.statements.filter((one) =>
    !fresh.statements.includes(one) &&
    !dropped.some(({ name }) => one.includes(` ALTER COLUMN ${name} `))
  );
}

function alterPersistence(
  name: string,
  old: TableShape,
  fresh: TableShape,
): readonly string[] {
  if (old.isUnlogged === fresh.isUnlogged) return [];
  return [`ALTER TABLE ${name} SET ${fresh.isUnlogged ? "UN" : ""}LOGGED;`];
}

/** Storage parameters and the tablespace. */
function alterClauses(
  name: string,
  old: TableShape,
  fresh: TableShape,
): readonly string[] {
  const table = `ALTER TABLE ONLY ${name}`;
  const [before, after] = [old, fresh].map(({ clauses }) =>
    splitList((clauses.get("WITH") ?? "").replace(/^WITH \(|\)$/gu, ""))
  );
  const news = (after ?? []).filter((one) => !before?.includes(one));
  const kept = new Set((after ?? []).map(namesOf));
  const gone = (before ?? []).map(namesOf).filter((one) => !kept.has(one));
  const space = fresh.clauses.get("TABLESPACE");
  const isMoved = space !== old.clauses.get("TABLESPACE");
  return [
    ...(gone.length === 0 ? [] : [`${table} RESET (${gone.join(", ")});`]),
    ...(news.length === 0 ? [] : [`${table} SET (${news.join(", ")});`]),
    ...(isMoved ? [`${table} SET ${space ?? "TABLESPACE pg_default"};`] : []),
  ];
}

function findUnwritten(old: TableShape, fresh: TableShape): readonly string[] {
  const names = new Set([...old.clauses.keys(), ...fresh.clauses.keys()]);
  const clauses = [...names].filter((name) =>
    !ALTERED.has(name) && old.clauses.get(name) !== fresh.clauses.get(name)
  );
  return [
    ...(old.of === fresh.of ? [] : ["the type that it is of"]),
    ...clauses.map((name) => CLAUSES[name] ?? name),
    ...findGone(old, fresh).filter((one) => undoSetting(one) === undefined)
      .map((one) => `what "${one}" has set`),
  ];
}

const ALTERED: ReadonlySet<string> = new Set([
  "INHERITS",
  "TABLESPACE",
  "WITH",
]);

const CLAUSES: Readonly<Record<string, string>> = {
  PARTITION: "how it is partitioned",
  USING: "its access method",
};
