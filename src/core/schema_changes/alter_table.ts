import { alterColumn, isMadeAnew, isRetyped } from "./alter_column.ts";
import { splitList } from "./split_statements.ts";
import { type ColumnShape, readTable, type TableShape } from "./table_shape.ts";
import { namesOf, undoSetting } from "./undo_setting.ts";

/** How a table becomes another one without losing its rows. */
export interface TableChange {
  readonly statements: readonly string[];
  /** Whether columns take another type, which views would not allow. */
  readonly isRetyped: boolean;
  /** Names of columns that are dropped and made again, as in SQL. */
  readonly anew: readonly string[];
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
  const { isRetyped, anew } = columns;
  return {
    isRetyped,
    anew,
    statements: [
      ...undoSettings(old, fresh),
      ...columns.statements,
      ...alterPersistence(name, old, fresh),
      ...alterClauses(name, old, fresh),
      ...fresh.statements.filter((one) =>
        !old.statements.includes(one) ||
        anew.some((column) => one.includes(` ALTER COLUMN ${column} `))
      ),
    ],
    unwritten: findUnwritten(old, fresh),
  };
}

type ColumnChanges = Pick<TableChange, "statements" | "isRetyped" | "anew">;

function alterColumns(
  table: string,
  old: TableShape,
  fresh: TableShape,
): ColumnChanges {
  const before = byName(old.columns);
  if (isPartition(old) && isPartition(fresh)) {
    return alterInherited(table, before, fresh.columns);
  }
  const after = byName(fresh.columns);
  const anew = findMadeAnew(before, fresh.columns);
  const gone = [...before.values()].filter(({ name }) => !after.has(name));
  const news = fresh.columns.filter((column) =>
    anew.includes(column) || !before.has(column.name)
  );
  const changes = fresh.columns.flatMap((column) => {
    const known = before.get(column.name);
    const isKept = known === undefined || known.line === column.line;
    return isKept || anew.includes(column)
      ? []
      : [alterColumn(table, known, column)];
  });
  return {
    isRetyped: anew.length > 0 || changes.some((one) => one.isRetyped),
    anew: anew.map(({ name }) => name),
    // What is generated goes before what it needs.
    statements: [
      ...[...anew, ...gone.toSorted(compareGenerated)].map(({ name }) =>
        `ALTER TABLE ${table} DROP COLUMN ${name};`
      ),
      ...changes.flatMap(({ statements }) => statements),
      ...behindNeeded(news).map(({ line }) =>
        `ALTER TABLE ${table} ADD COLUMN ${line};`
      ),
    ],
  };
}

/** Columns of a partition are those of its parent. */
function alterInherited(
  table: string,
  before: ReadonlyMap<string, ColumnShape>,
  columns: readonly ColumnShape[],
): ColumnChanges {
  const changes = columns.flatMap((column) => {
    const known = before.get(column.name);
    if (known?.line === column.line) return [];
    // A new one comes with its parent's default.
    const like = { ...(known ?? { ...column, default: undefined }) };
    return [alterColumn(table, { ...like, ...ofParent(column) }, column)];
  });
  return {
    isRetyped: changes.some((one) => one.isRetyped),
    anew: [],
    statements: changes.flatMap(({ statements }) => statements),
  };
}

/** Generated columns that change, or that need one which takes another type. */
function findMadeAnew(
  before: ReadonlyMap<string, ColumnShape>,
  columns: readonly ColumnShape[],
): readonly ColumnShape[] {
  const retyped = columns.filter((column) => {
    const known = before.get(column.name);
    return known !== undefined && isRetyped(known, column);
  });
  return columns.filter((column) => {
    const known = before.get(column.name);
    if (known === undefined || column.generated === undefined) return false;
    return isMadeAnew(known, column) ||
      retyped.some(({ name }) => column.generated?.includes(name));
  });
}

function compareGenerated(one: ColumnShape, other: ColumnShape): number {
  return Number(other.generated !== undefined) -
    Number(one.generated !== undefined);
}

/** In their order, but for what is generated from a later one. */
function behindNeeded(
  columns: readonly ColumnShape[],
): readonly ColumnShape[] {
  const late = columns.filter(({ generated }, index) =>
    columns.slice(index + 1).some(({ name }) => generated?.includes(name))
  );
  return [...columns.filter((column) => !late.includes(column)), ...late];
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

const ALTERED: ReadonlySet<string> = new Set(["WITH", "TABLESPACE"]);

const CLAUSES: Readonly<Record<string, string>> = {
  INHERITS: "the tables that it inherits from",
  PARTITION: "how it is partitioned",
  USING: "its access method",
};
