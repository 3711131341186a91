import type { Classification, EnumValue } from "../sql/classification.ts";
import type { QualifiedName } from "../sql/quote.ts";
import type { Statement } from "../sql/statement.ts";

/**
 * The enum values that a transaction added. They cannot be used before it
 * commits, unless it created their type as well (PostgreSQL documentation,
 * "ALTER TYPE", Notes).
 */
export interface EnumWatch {
  readonly created: QualifiedName[];
  readonly added: AddedValue[];
}

/** A value and where it was added. */
export interface AddedValue extends EnumValue {
  readonly line: number;
}

/** The watch over a transaction that has just begun. */
export function createEnumWatch(): EnumWatch {
  return { created: [], added: [] };
}

/** Takes in a statement that is sent in the transaction. */
export function noteEnums(
  watch: EnumWatch,
  statement: Statement,
  { createsType, addsEnumValue }: Classification,
): void {
  if (createsType !== undefined) watch.created.push(createsType);
  if (addsEnumValue === undefined) return;
  const { type } = addsEnumValue;
  if (watch.created.some((created) => mayBeSame(created, type))) return;
  watch.added.push({ ...addsEnumValue, line: statement.line });
}

/** The added value that a statement may use before it can be used. */
export function findNewValue(
  watch: EnumWatch,
  { text }: Statement,
  { createsType, readsCopyData }: Classification,
): AddedValue | undefined {
  // They name values without using them.
  if (createsType !== undefined || /^alter\s+type\b/i.test(text)) {
    return undefined;
  }
  // The values would be in the data, which nobody looks into.
  if (readsCopyData === true) return watch.added[0];
  return watch.added.find(({ value }) =>
    text.includes(`'${value.replaceAll("'", "''")}'`) ||
    text.includes(`$${value}$`)
  );
}

/** A name without a schema may mean any of that name. */
function mayBeSame(one: QualifiedName, other: QualifiedName): boolean {
  if (one.name !== other.name) return false;
  return one.schema === undefined || other.schema === undefined ||
    one.schema === other.schema;
}
