import type { ParseFields } from "../../sql/parse_tree.ts";
import { fieldsOf } from "../../sql/parse_tree.ts";
import { alterationsOf, constraintOf, shown, typeOf } from "../alterations.ts";
import { columnsIn, type WrittenColumn } from "../schema_so_far.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";
import { findVolatileCall } from "../volatile_call.ts";

/** Columns added to tables that have rows. */
export const COLUMN_RULES: readonly Rule[] = [
  {
    name: "adding-required-field",
    severity: "error",
    summary: "ADD COLUMN … NOT NULL without a default.",
    why:
      "It fails as soon as the table has a row, since that would hold NULL, and programs that do not know the column cannot insert any more.",
    instead: "give it a DEFAULT, or add it without NOT NULL and fill it first",
    bad: "ALTER TABLE users ADD COLUMN email text NOT NULL;",
    good: "ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';",
    squawk: "adding-required-field",
    files: "both",
    checkStatement: (context) =>
      addedTo(context).filter(isRequired).map(({ table, column }) => ({
        message: `The new column "${column["colname"]}" of ${
          shown(table)
        } is NOT NULL and has no default`,
        at: column["location"],
      })),
  },
  {
    name: "adding-column-with-volatile-default",
    severity: "error",
    summary: "ADD COLUMN with a default that differs from row to row.",
    why:
      "Every row is written anew to hold its own value, while the table is locked against reads and writes (ACCESS EXCLUSIVE). A constant or now() is stored once.",
    instead:
      "add the column without it, SET DEFAULT for new rows, and fill the old ones in batches",
    bad: "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    good: "ALTER TABLE users ADD COLUMN created timestamptz DEFAULT now();",
    squawk: "adding-field-with-default",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) =>
      addedTo(context).flatMap(({ table, column }) => {
        const value = constraintOf(column, "CONSTR_DEFAULT")?.["raw_expr"];
        const call = findVolatileCall(value);
        if (call === undefined) return [];
        return [{
          message: `The default ${call}() rewrites all of ${shown(table)}`,
          at: column["location"],
        }];
      }),
  },
  {
    name: "adding-serial-column",
    severity: "error",
    summary: "ADD COLUMN with serial, or GENERATED … AS IDENTITY.",
    why:
      "Every row is written anew to get its number, while the table is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead:
      "add a plain column, make a sequence its default, and fill the old rows in batches",
    bad: "ALTER TABLE users ADD COLUMN number bigserial;",
    good: "ALTER TABLE users ADD COLUMN number bigint;",
    squawk: "adding-serial-primary-key-field",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) =>
      addedTo(context).filter(({ column }) => isNumbered(column)).map((
        { table, column },
      ) => ({
        message: `The numbers of "${column["colname"]}" rewrite all of ${
          shown(table)
        }`,
        at: column["location"],
      })),
  },
  {
    name: "adding-stored-generated-column",
    severity: "error",
    summary: "ADD COLUMN … GENERATED ALWAYS AS (…) STORED.",
    why:
      "Every row is written anew to hold its value, while the table is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead:
      "use a view, VIRTUAL (from PostgreSQL 18), or a plain column that a trigger keeps",
    bad:
      "ALTER TABLE items ADD COLUMN total int GENERATED ALWAYS AS (a * b) STORED;",
    good: "ALTER TABLE items ADD COLUMN total int;",
    squawk: "adding-field-with-default",
    files: "both",
    dependsOnSize: true,
    checkStatement: (context) =>
      addedTo(context).filter(({ column }) =>
        constraintOf(column, "CONSTR_GENERATED")?.["generated_kind"] === "s"
      ).map(({ table, column }) => ({
        message: `The stored values of "${column["colname"]}" rewrite all of ${
          shown(table)
        }`,
        at: column["location"],
      })),
  },
  {
    name: "adding-not-nullable-field",
    severity: "error",
    summary: "SET NOT NULL without a valid CHECK that says the same.",
    why:
      "All rows are read to find NULL, while the table is locked against reads and writes (ACCESS EXCLUSIVE). With such a CHECK the server knows already.",
    instead:
      "add CHECK (… IS NOT NULL) NOT VALID; in a later migration VALIDATE CONSTRAINT, SET NOT NULL, and drop the CHECK",
    bad: "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    good:
      "ALTER TABLE users VALIDATE CONSTRAINT has_email;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT has_email;",
    squawk: "adding-not-nullable-field",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkNotNull,
  },
];

function addedTo(
  { statement: { tree }, schema }: StatementContext,
): readonly WrittenColumn[] {
  return columnsIn(tree).filter(({ verb, table }) =>
    verb === "add" && !schema.isNew(table)
  );
}

function isRequired({ column }: WrittenColumn): boolean {
  const isNotNull = constraintOf(column, "CONSTR_NOTNULL") !== undefined ||
    constraintOf(column, "CONSTR_PRIMARY") !== undefined;
  const value = constraintOf(column, "CONSTR_DEFAULT")?.["raw_expr"];
  const isNull = fieldsOf(fieldsOf(value)["A_Const"])["isnull"] === true;
  const hasValue = (value !== undefined && !isNull) || isNumbered(column) ||
    constraintOf(column, "CONSTR_GENERATED") !== undefined;
  return isNotNull && !hasValue;
}

function isNumbered(column: ParseFields): boolean {
  return /^(?:small|big)?serial[248]?$/.test(typeOf(column)) ||
    constraintOf(column, "CONSTR_IDENTITY") !== undefined;
}

function checkNotNull(
  { statement: { tree }, schema, live }: StatementContext,
): readonly Problem[] {
  const hint = (live?.serverMajor ?? 0) >= 18
    ? "ADD CONSTRAINT … NOT NULL … NOT VALID, then VALIDATE CONSTRAINT in a later migration"
    : undefined;
  return alterationsOf(tree).flatMap(({ table, subtype, name, def, at }) => {
    const isConstraint = subtype === "AT_AddConstraint" &&
      def["contype"] === "CONSTR_NOTNULL" && def["skip_validation"] !== true;
    if (subtype !== "AT_SetNotNull" && !isConstraint) return [];
    if (schema.isNew(table) || schema.hasNotNullCheck(table, name)) return [];
    return [{
      message: `NOT NULL reads all of ${shown(table)} while nobody can use it`,
      ...(hint !== undefined && { hint }),
      at,
    }];
  });
}
