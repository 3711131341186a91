import { nodes } from "../../sql/parse_tree.ts";
import { alterationsOf, relationName, shown } from "../alterations.ts";
import type { Problem, Rule, StatementContext } from "../rule.ts";

/** Statements that take a table for as long as they work on it. */
export const MAINTENANCE_RULES: readonly Rule[] = [
  {
    name: "refresh-without-concurrently",
    severity: "warning",
    summary: "REFRESH MATERIALIZED VIEW without CONCURRENTLY.",
    why:
      "Nobody can read the view (ACCESS EXCLUSIVE) for as long as its query runs.",
    instead: "use CONCURRENTLY, which needs a unique index on the view",
    bad: "REFRESH MATERIALIZED VIEW sales;",
    good: "REFRESH MATERIALIZED VIEW CONCURRENTLY sales;",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkRefresh,
  },
  {
    name: "ban-vacuum-full",
    severity: "error",
    summary: "VACUUM FULL, or CLUSTER.",
    why:
      "The table is written anew while it is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead:
      "use plain VACUUM, or pg_repack, which holds the lock only for a moment",
    bad: "VACUUM FULL orders;",
    good: "VACUUM orders;",
    squawk: "prefer-repack",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkVacuum,
  },
  {
    name: "rewriting-table",
    severity: "error",
    summary: "SET LOGGED, UNLOGGED, ACCESS METHOD or TABLESPACE.",
    why:
      "The table is written anew while it is locked against reads and writes (ACCESS EXCLUSIVE).",
    instead: "do it while nobody needs the table, or fill a new table",
    bad: "ALTER TABLE orders SET UNLOGGED;",
    good: "CREATE UNLOGGED TABLE scratch (a int);",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkRewrite,
  },
  {
    name: "attaching-partition",
    severity: "warning",
    summary: "ATTACH PARTITION of a table without a CHECK that fits.",
    why:
      "All rows of the new partition are read to see that they belong there, while it is locked against reads and writes. With a valid CHECK that says so the server knows already.",
    instead:
      "add a CHECK that says what the partition says, NOT VALID, validate it, attach, and drop it",
    bad:
      "ALTER TABLE orders ATTACH PARTITION orders_2026 FOR VALUES FROM (2026) TO (2027);",
    good:
      "CREATE TABLE orders_2026 (LIKE orders);\nALTER TABLE orders ATTACH PARTITION orders_2026 FOR VALUES FROM (2026) TO (2027);",
    files: "both",
    dependsOnSize: true,
    checkStatement: checkAttach,
  },
  {
    name: "detaching-partition",
    severity: "warning",
    summary: "DETACH PARTITION without CONCURRENTLY.",
    why:
      "The whole partitioned table is locked against reads and writes (ACCESS EXCLUSIVE), after waiting for every query on it.",
    instead: "use DETACH PARTITION … CONCURRENTLY",
    bad: "ALTER TABLE orders DETACH PARTITION orders_2024;",
    good: "ALTER TABLE orders DETACH PARTITION orders_2024 CONCURRENTLY;",
    squawk: "require-concurrent-partition-detach",
    files: "migrations",
    checkStatement: checkDetach,
  },
];

function checkRefresh(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  const isPlain = kind === "RefreshMatViewStmt" &&
    fields["concurrent"] !== true;
  const view = relationName(fields["relation"]);
  if (!isPlain || schema.isNew(view)) return [];
  return [{ message: `Nobody can read ${shown(view)} while it is refreshed` }];
}

function checkVacuum(
  { statement: { tree: { kind, fields } }, schema }: StatementContext,
): readonly Problem[] {
  const isFull = kind === "VacuumStmt" &&
    nodes(fields["options"], "DefElem")
      .some(({ defname }) => defname === "full");
  const isNew = schema.isNew(relationName(fields["relation"]));
  if (!isFull && (kind !== "ClusterStmt" || isNew)) return [];
  const command = isFull ? "VACUUM FULL" : "CLUSTER";
  return [{ message: `Nobody can use the table while ${command} rewrites it` }];
}

function checkRewrite(
  { statement: { tree }, schema }: StatementContext,
): readonly Problem[] {
  return alterationsOf(tree)
    .filter(({ subtype, table }) =>
      REWRITES.has(subtype) && !schema.isNew(table)
    )
    .map(({ table }) => ({
      message: `All of ${shown(table)} is rewritten while nobody can use it`,
    }));
}

const REWRITES: ReadonlySet<string> = new Set([
  "AT_SetAccessMethod",
  "AT_SetLogged",
  "AT_SetTableSpace",
  "AT_SetUnLogged",
]);

function checkAttach(
  { statement: { tree }, schema }: StatementContext,
): readonly Problem[] {
  return alterationsOf(tree)
    .filter(({ subtype }) => subtype === "AT_AttachPartition")
    .map(({ def }) => relationName(def["name"]))
    .filter((partition) =>
      !schema.isNew(partition) && !schema.hasCheck(partition)
    )
    .map((partition) => ({
      message: `All of ${
        shown(partition)
      } is read while nobody can use it, unless a CHECK fits`,
    }));
}

function checkDetach(
  { statement: { tree } }: StatementContext,
): readonly Problem[] {
  return alterationsOf(tree)
    .filter(({ subtype, def }) =>
      subtype === "AT_DetachPartition" && def["concurrent"] !== true
    )
    .map(({ table }) => ({
      message: `Nobody can use ${shown(table)} while the partition is detached`,
    }));
}
