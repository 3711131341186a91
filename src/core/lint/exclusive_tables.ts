import { namedObjects } from "../backup/drop_targets.ts";
import { nodes, type ParseTree } from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";
import { alterationsOf, relationName } from "./alterations.ts";

/** The tables that a statement locks against reads and writes. */
export function exclusiveTables(tree: ParseTree): readonly QualifiedName[] {
  const { kind, fields } = tree;
  switch (kind) {
    case "AlterTableStmt":
      return alterationsOf(tree)
        .filter(({ subtype }) => !MILD.has(subtype))
        .map(({ table }) => table);
    case "RenameStmt":
      return fields["renameType"] === "OBJECT_TABLE" ||
          fields["renameType"] === "OBJECT_COLUMN"
        ? [relationName(fields["relation"])]
        : [];
    case "DropStmt":
      return fields["removeType"] === "OBJECT_TABLE"
        ? namedObjects(fields["objects"])
        : [];
    case "TruncateStmt":
      return nodes(fields["relations"], "RangeVar").map(relationName);
    default:
      return [];
  }
}

/** They take a weaker lock (PostgreSQL documentation, "ALTER TABLE"). */
const MILD: ReadonlySet<string> = new Set([
  "AT_AttachPartition",
  "AT_ClusterOn",
  "AT_DisableTrig",
  "AT_DisableTrigAll",
  "AT_DisableTrigUser",
  "AT_DropCluster",
  "AT_EnableTrig",
  "AT_EnableTrigAll",
  "AT_EnableTrigUser",
  "AT_ResetRelOptions",
  "AT_SetOptions",
  "AT_SetRelOptions",
  "AT_SetStatistics",
  "AT_ValidateConstraint",
]);
