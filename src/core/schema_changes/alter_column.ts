import type { ColumnShape } from "./table_shape.ts";

/** How a column becomes another one. */
export interface ColumnChange {
  readonly statements: readonly string[];
  /** Whether its type is another one, which views would not allow. */
  readonly isRetyped: boolean;
}

/** The statements that alter a column, in the table named. */
export function alterColumn(
  table: string,
  old: ColumnShape,
  fresh: ColumnShape,
): ColumnChange {
  const isRetyped = old.type !== fresh.type ||
    old.collation !== fresh.collation;
  if (isMadeAnew(old, fresh, isRetyped)) {
    return {
      statements: [
        `ALTER TABLE ${table} DROP COLUMN ${old.name};`,
        `ALTER TABLE ${table} ADD COLUMN ${fresh.line};`,
      ],
      isRetyped: true,
    };
  }
  const one = `ALTER TABLE ONLY ${table} ALTER COLUMN ${fresh.name}`;
  const all = `ALTER TABLE ${table} ALTER COLUMN ${fresh.name}`;
  const isIdentityNew = old.identity !== fresh.identity;
  const isDefaultNew = old.default !== fresh.default || isRetyped;
  const type = `${fresh.type}${
    fresh.collation === undefined ? "" : ` COLLATE ${fresh.collation}`
  }`;
  return {
    isRetyped,
    statements: [
      ...on(isIdentityNew && has(old.identity), `${all} DROP IDENTITY;`),
      ...on(has(old.generated) && !has(fresh.generated), dropExpression(all)),
      ...on(isDefaultNew && has(old.default), `${one} DROP DEFAULT;`),
      ...on(
        isRetyped,
        `${all} TYPE ${type} USING ${fresh.name}::${fresh.type};`,
      ),
      ...on(
        isDefaultNew && has(fresh.default),
        `${one} SET DEFAULT ${fresh.default};`,
      ),
      ...on(!old.isNotNull && fresh.isNotNull, `${all} SET NOT NULL;`),
      ...on(
        isIdentityNew && has(fresh.identity),
        `${all} ADD ${fresh.identity};`,
      ),
      ...on(old.isNotNull && !fresh.isNotNull, `${all} DROP NOT NULL;`),
    ],
  };
}

/** What is generated is computed again; nothing is lost. */
function isMadeAnew(
  old: ColumnShape,
  fresh: ColumnShape,
  isRetyped: boolean,
): boolean {
  if (fresh.generated === undefined) return false;
  return old.generated !== fresh.generated || isRetyped;
}

function dropExpression(alter: string): string {
  return `${alter} DROP EXPRESSION;`;
}

function on(condition: boolean, statement: string): readonly string[] {
  return condition ? [statement] : [];
}

function has(text: string | undefined): boolean {
  return text !== undefined;
}
