import { locksOf } from "../locks/statement_locks.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";

/** The tables that a statement locks against reads and writes. */
export function exclusiveTables(tree: ParseTree): readonly QualifiedName[] {
  if (!isAboutTables(tree)) return [];
  return (locksOf(tree) ?? []).flatMap(({ table, mode }) =>
    table !== undefined && mode === "ACCESS EXCLUSIVE" ? [table] : []
  );
}

/** Others lock views, indexes and the like. */
function isAboutTables({ kind, fields }: ParseTree): boolean {
  switch (kind) {
    case "AlterTableStmt":
      return fields["objtype"] === "OBJECT_TABLE";
    case "DropStmt":
      return fields["removeType"] === "OBJECT_TABLE";
    case "RenameStmt":
      return fields["renameType"] === "OBJECT_TABLE" ||
        fields["renameType"] === "OBJECT_COLUMN";
    case "TruncateStmt":
      return true;
    default:
      return false;
  }
}
