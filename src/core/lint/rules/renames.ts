import { fieldsOf, type ParseFields, text } from "../../sql/parse_tree.ts";
import { alterationsOf, relationName, shown, typeOf } from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** Changes that programs which are running do not know of. */
export const RENAME_RULES: readonly Rule[] = [
  {
    name: "changing-column-type",
    severity: "error",
    summary: "ALTER COLUMN … TYPE.",
    why:
      "As a rule every row and every index is written anew while the table is locked against reads and writes (ACCESS EXCLUSIVE), and programs may not expect the new type.",
    instead:
      "add a column of the new type, fill it in batches, change the programs, and drop the old one later",
    bad: "ALTER TABLE users ALTER COLUMN id TYPE bigint;",
    good: "ALTER TABLE users ADD COLUMN new_id bigint;",
    squawk: "changing-column-type",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkType,
  },
  {
    name: "renaming-column",
    severity: "error",
    summary: "RENAME COLUMN.",
    why: "Programs that are running ask for the old name, and fail at once.",
    instead:
      "add a new column, write to both, fill it in batches, change the programs, and drop the old one later",
    bad: "ALTER TABLE users RENAME COLUMN mail TO email;",
    good: "ALTER TABLE users ADD COLUMN email text;",
    squawk: "renaming-column",
    files: "migrations",
    checkStatement: (context) =>
      checkRename(
        context,
        ["OBJECT_COLUMN"],
        (name, { subname }) =>
          `Programs that use "${text(subname)}" of ${name} fail once it is ` +
          "renamed",
      ),
  },
  {
    name: "renaming-table",
    severity: "error",
    summary: "ALTER TABLE or ALTER VIEW … RENAME TO.",
    why: "Programs that are running ask for the old name, and fail at once.",
    instead:
      "in the same transaction, create a view with the old name, and drop it once no program needs it",
    bad: "ALTER TABLE users RENAME TO people;",
    good: "CREATE VIEW people AS SELECT * FROM users;",
    squawk: "renaming-table",
    files: "migrations",
    checkStatement: (context) =>
      checkRename(
        context,
        ["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"],
        (name) => `Programs that use ${name} fail once it is renamed`,
      ),
  },
  {
    name: "changing-schema",
    severity: "error",
    summary: "ALTER TABLE or ALTER VIEW … SET SCHEMA.",
    why: "Programs that are running look in the old schema, and fail at once.",
    instead:
      "in the same transaction, create a view in the old schema, and drop it once no program needs it",
    bad: "ALTER TABLE users SET SCHEMA archive;",
    good: "CREATE VIEW archive.users AS SELECT * FROM users;",
    squawk: "ban-set-schema",
    files: "migrations",
    checkStatement: checkSchema,
  },
];

function checkType(
  { statement: { tree }, schema }: StatementContext,
): readonly Problem[] {
  return alterationsOf(tree)
    .filter(({ subtype, table, name }) =>
      subtype === "AT_AlterColumnType" && !schema.isNewColumn(table, name)
    )
    .map(({ table, name, def, at }): Problem => ({
      message: `A new type for "${name}" can rewrite all of ${
        shown(table)
      } while nobody can use it`,
      ...(isWide(def) && { severity: "info" }),
      at,
    }));
}

/** From varchar to text nothing is written; from anything else it may be. */
function isWide(column: Parameters<typeof typeOf>[0]): boolean {
  const { typmods, arrayBounds } = fieldsOf(column["typeName"]);
  return /^(?:text|varchar)$/.test(typeOf(column)) && typmods === undefined &&
    arrayBounds === undefined && column["raw_default"] === undefined &&
    column["collClause"] === undefined;
}

function checkRename(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
  types: readonly string[],
  describe: (name: string, fields: ParseFields) => string,
): readonly Problem[] {
  const type = text(fields["renameType"]) ?? "";
  if (kind !== "RenameStmt" || !types.includes(type)) return [];
  const relation = relationName(fields["relation"]);
  const column = text(fields["subname"]);
  const isNew = column === undefined
    ? schema.isNew(relation)
    : schema.isNewColumn(relation, column);
  return isNew ? [] : [{ message: describe(shown(relation), fields) }];
}

function checkSchema(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  const type = text(fields["objectType"]) ?? "";
  const isRelation = /^OBJECT_(?:TABLE|VIEW|MATVIEW)$/.test(type);
  if (kind !== "AlterObjectSchemaStmt" || !isRelation) return [];
  const relation = relationName(fields["relation"]);
  if (schema.isNew(relation)) return [];
  return [{
    message: `Programs that use ${shown(relation)} fail once it is in "${
      text(fields["newschema"])
    }"`,
  }];
}
