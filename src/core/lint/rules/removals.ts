import { namedObjects } from "../../backup/drop_targets.ts";
import { nodes, text } from "../../sql/parse_tree.ts";
import { alterationsOf, relationName, shown } from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** What takes something away that has data, or that somebody relies on. */
export const REMOVAL_RULES: readonly Rule[] = [
  {
    name: "ban-drop-table",
    severity: "warning",
    summary: "DROP TABLE, of one that is in use.",
    why: "Its rows are gone, and programs that use it fail at once.",
    instead:
      "make sure that no program uses it, and keep the backup that migrate makes first",
    bad: "DROP TABLE users;",
    good: "CREATE TABLE scratch (a int);\nDROP TABLE scratch;",
    squawk: "ban-drop-table",
    files: "migrations",
    checkStatement: (context) =>
      checkDrop(
        context,
        ["OBJECT_TABLE"],
        (name) => `${name} is dropped with all of its rows`,
      ),
  },
  {
    name: "ban-drop-column",
    severity: "warning",
    summary: "DROP COLUMN.",
    why:
      "Its values are gone, and programs that use it, also by SELECT *, fail at once.",
    instead:
      "first deploy programs that do not use it; keep the backup that migrate makes first",
    bad: "ALTER TABLE users DROP COLUMN email;",
    good: "ALTER TABLE users ADD COLUMN email text;",
    squawk: "ban-drop-column",
    files: "migrations",
    checkStatement: (context) =>
      checkAltered(
        context,
        "AT_DropColumn",
        (column, table) =>
          `"${column}" of ${table} is dropped with all of its values`,
      ),
  },
  {
    name: "ban-drop-not-null",
    severity: "warning",
    summary: "DROP NOT NULL.",
    why: "Programs that are running may not expect NULL in it.",
    instead: "first deploy programs that can read NULL",
    bad: "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;",
    good: "ALTER TABLE users ALTER COLUMN email SET DEFAULT '';",
    squawk: "ban-drop-not-null",
    files: "migrations",
    checkStatement: (context) =>
      checkAltered(
        context,
        "AT_DropNotNull",
        (column, table) => `"${column}" of ${table} can be NULL from then on`,
      ),
  },
  {
    name: "ban-drop-database",
    severity: "error",
    summary: "DROP DATABASE.",
    why: "All that it holds is gone, and no rollback brings it back.",
    instead: "drop it by hand, outside of the migrations",
    bad: "DROP DATABASE app;",
    good: "DROP TABLE IF EXISTS scratch;",
    squawk: "ban-drop-database",
    files: "both",
    checkStatement: ({ statement: { tree: { kind, fields } } }) =>
      kind === "DropdbStmt"
        ? [{
          message: `The database "${text(fields["dbname"])}" is dropped`,
        }]
        : [],
  },
  {
    name: "ban-drop-cascade",
    severity: "warning",
    summary: "DROP … CASCADE, other than of what the same file made.",
    why:
      "It drops whatever depends on it, which can be more in production than where it was tried.",
    instead: "name what is to be dropped, in order, without CASCADE",
    bad: "DROP VIEW sales CASCADE;",
    good: "DROP VIEW sales;",
    files: "migrations",
    checkStatement: checkCascade,
  },
  {
    name: "ban-truncate-cascade",
    severity: "warning",
    summary: "TRUNCATE … CASCADE.",
    why: "It empties every table with a foreign key to it, and those to them.",
    instead: "name the tables that are to be emptied",
    bad: "TRUNCATE users CASCADE;",
    good: "TRUNCATE users, sessions;",
    squawk: "ban-truncate-cascade",
    files: "both",
    checkStatement: checkTruncate,
  },
];

function checkDrop(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
  types: readonly string[],
  describe: (name: string) => string,
): readonly Problem[] {
  const type = text(fields["removeType"]) ?? "";
  if (kind !== "DropStmt" || !types.includes(type)) return [];
  return namedObjects(fields["objects"]).filter((name) => !schema.isNew(name))
    .map((name) => ({ message: describe(shown(name)) }));
}

function checkAltered(
  { statement: { tree }, schema }: StatementContext,
  kind: string,
  describe: (column: string, table: string) => string,
): readonly Problem[] {
  return alterationsOf(tree).filter(({ subtype, table, name }) =>
    subtype === kind && !schema.isNewColumn(table, name)
  ).map(({ table, name = "" }) => ({ message: describe(name, shown(table)) }));
}

function checkCascade(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  if (kind !== "DropStmt" || fields["behavior"] !== "DROP_CASCADE") return [];
  return namedObjects(fields["objects"]).filter((name) => !schema.isNew(name))
    .map((name) => ({
      message: `CASCADE drops whatever depends on ${shown(name)}`,
    }));
}

function checkTruncate(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  const isCascade = kind === "TruncateStmt" &&
    fields["behavior"] === "DROP_CASCADE";
  if (!isCascade) return [];
  return nodes(fields["relations"], "RangeVar").map(relationName)
    .filter((table) => !schema.isNew(table))
    .map((table) => ({
      message: `CASCADE empties every table that refers to ${shown(table)}`,
    }));
}
