import { nodes } from "../../sql/parse_tree.ts";
import { namedObjects } from "../../backup/drop_targets.ts";
import { relationName, shown } from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** What makes and removes indexes without stopping others. */
export const INDEX_RULES: readonly Rule[] = [
  {
    name: "require-concurrent-index-creation",
    severity: "error",
    summary: "CREATE INDEX without CONCURRENTLY on a table that is in use.",
    why:
      "It locks the table against writes (SHARE) for as long as the index is built.",
    instead:
      "use CREATE INDEX CONCURRENTLY; lockstep runs it outside the transaction",
    bad: "CREATE INDEX orders_placed ON orders (placed_at);",
    good: "CREATE INDEX CONCURRENTLY orders_placed ON orders (placed_at);",
    squawk: "require-concurrent-index-creation",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkCreation,
  },
  {
    name: "require-concurrent-index-deletion",
    severity: "warning",
    summary: "DROP INDEX without CONCURRENTLY.",
    why:
      "It locks the table against reads and writes (ACCESS EXCLUSIVE), and waits for every query on it first, with all later ones behind it.",
    instead:
      "use DROP INDEX CONCURRENTLY; lockstep runs it outside the transaction",
    bad: "DROP INDEX orders_placed;",
    good: "DROP INDEX CONCURRENTLY orders_placed;",
    squawk: "require-concurrent-index-deletion",
    files: "migrations",
    checkStatement: checkDeletion,
  },
  {
    name: "require-concurrent-reindex",
    severity: "error",
    summary: "REINDEX without CONCURRENTLY.",
    why:
      "It locks the table against writes, and its indexes against reads, for as long as they are rebuilt.",
    instead: "use REINDEX (CONCURRENTLY), which PostgreSQL has since 12",
    bad: "REINDEX TABLE orders;",
    good: "REINDEX TABLE CONCURRENTLY orders;",
    squawk: "require-concurrent-reindex",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkReindex,
  },
  {
    name: "concurrent-index-if-not-exists",
    severity: "warning",
    summary: "CREATE INDEX CONCURRENTLY with IF NOT EXISTS.",
    why:
      "A build that fails leaves an invalid index of that name, and the next attempt takes it for the one that is wanted.",
    instead:
      "leave IF NOT EXISTS out, or drop the index first with DROP INDEX CONCURRENTLY IF EXISTS",
    bad:
      "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_placed ON orders (placed_at);",
    good: "CREATE INDEX CONCURRENTLY orders_placed ON orders (placed_at);",
    files: "both",
    checkStatement: checkIfNotExists,
  },
];

function checkCreation(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  if (kind !== "IndexStmt" || fields["concurrent"] === true) return [];
  const table = relationName(fields["relation"]);
  if (schema.isNew(table)) return [];
  return [{
    message: `CREATE INDEX stops writes to ${shown(table)} while it builds`,
  }];
}

function checkDeletion(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  if (kind !== "DropStmt" || fields["removeType"] !== "OBJECT_INDEX") return [];
  if (fields["concurrent"] === true) return [];
  return namedObjects(fields["objects"])
    .filter((index) => !schema.isNew(index))
    .map((index) => ({
      message: `DROP INDEX ${
        shown(index)
      } stops reads and writes of its table while it waits`,
    }));
}

function checkReindex(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  if (kind !== "ReindexStmt") return [];
  const isConcurrent = nodes(fields["params"], "DefElem")
    .some(({ defname }) => defname === "concurrently");
  if (isConcurrent || schema.isNew(relationName(fields["relation"]))) return [];
  return [{ message: "REINDEX stops writes while it rebuilds" }];
}

function checkIfNotExists(
  { statement: { tree: { kind, fields } } }: StatementContext,
): readonly Problem[] {
  const isRisky = kind === "IndexStmt" && fields["concurrent"] === true &&
    fields["if_not_exists"] === true;
  return isRisky
    ? [{ message: "IF NOT EXISTS would accept an invalid index" }]
    : [];
}
