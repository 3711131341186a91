import type { ColumnShape } from "./table_shape.ts";

/** How a column becomes another one. */
export interface ColumnChange {
  readonly statements: readonly string[];
  /** Whether its type is another one, which views would not allow. */
  readonly isRetyped: boolean;
}

/**
 * Whether a column has to be dropped and added: one that is generated cannot
 * be altered, and is computed again.
 */
export function isMadeAnew(old: ColumnShape, fresh: ColumnShape): boolean {
  return fresh.generated !== undefined &&
    (old.generated !== fresh.generated || isRetyped(old, fresh));
}

/** Whether a column takes another type or sorts otherwise. */
export function isRetyped(old: ColumnShape, fresh: ColumnShape): boolean {
  return old.type !== fresh.type || old.collation !== fresh.collation;
}

/** The statements that alter a column, in the table named. */
export function alterColumn(
  table: string,
  old: ColumnShape,
  fresh: ColumnShape,
): ColumnChange {
  const takesType = isRetyped(old, fresh);
  if (isMadeAnew(old, fresh)) {
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
  const isDefaultNew = old.default !== fresh.default || takesType;
  const type = `${fresh.type}${
    fresh.collation === undefined ? "" : ` COLLATE ${fresh.collation}`
  }`;
  return {
    isRetyped: takesType,
    statements: [
      ...on(isIdentityNew && has(old.identity), `${all} DROP IDENTITY;`),
      ...on(has(old.generated) && !has(fresh.generated), dropExpression(all)),
      ...on(isDefaultNew && has(old.default), `${one} DROP DEFAULT;`),
      ...on(
        takesType,
        `${all} TYPE ${type}${usingOf(old, fresh)};`,
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

/**
 * A cast that is written out cuts off what is too long, in silence; without
 * one the server refuses it. It takes any type as a text, and bits as bits.
 */
function usingOf(old: ColumnShape, fresh: ColumnShape): string {
  const isPlain = fresh.type.endsWith("[]") === old.type.endsWith("[]");
  const isChecked = TEXT.test(fresh.type) ||
    BITS.test(fresh.type) && BITS.test(old.type);
  return isPlain && isChecked ? "" : ` USING ${fresh.name}::${fresh.type}`;
}

const TEXT = /^(?:text|character)\b/u;
const BITS = /^bit\b/u;

function dropExpression(alter: string): string {
  return `${alter} DROP EXPRESSION;`;
}

function on(condition: boolean, statement: string): readonly string[] {
  return condition ? [statement] : [];
}

function has(text: string | undefined): boolean {
  return text !== undefined;
}
