import {
  fieldsOf,
  nodes,
  type ParseFields,
  type ParseTree,
  readNode,
  text,
} from "../sql/parse_tree.ts";
import { relationName } from "../lint/alterations.ts";
import { lockOn, type TableLock } from "./table_lock.ts";

/** The locks of a SELECT: those of what it reads, and of the rows it locks. */
export function selectLocks(tree: ParseTree): readonly TableLock[] {
  return [...rowLocks(tree), ...readLocks(tree.fields)];
}

/** The locks of a statement that changes rows. */
export function changeLocks({ fields }: ParseTree): readonly TableLock[] {
  return [
    lockOn(relationName(fields["relation"]), "ROW EXCLUSIVE"),
    ...readLocks(fields),
  ];
}

/** The locks of COPY, in either direction. */
export function copyLocks({ fields }: ParseTree): readonly TableLock[] {
  if (fields["relation"] === undefined) return readLocks(fields);
  const mode = fields["is_from"] === true ? "ROW EXCLUSIVE" : "ACCESS SHARE";
  return [lockOn(relationName(fields["relation"]), mode)];
}

/** The tables that are read anywhere in a part of a tree. */
export function readLocks(part: unknown): readonly TableLock[] {
  const found: ParseFields[] = [];
  const ctes = new Set<string>();
  const changed: TableLock[] = [];
  walk(part, ({ kind, fields }) => {
    if (kind === "RangeVar") found.push(fields);
    if (kind === "CommonTableExpr") ctes.add(text(fields["ctename"]) ?? "");
    if (CHANGES.has(kind)) {
      changed.push(lockOn(relationName(fields["relation"]), "ROW EXCLUSIVE"));
    }
  });
  const read = found.filter(({ schemaname, relname }) =>
    schemaname !== undefined || !ctes.has(text(relname) ?? "")
  ).map((relation) => lockOn(relationName(relation), "ACCESS SHARE"));
  return [...changed, ...read];
}

/** What can stand in a WITH and changes rows. */
const CHANGES: ReadonlySet<string> = new Set([
  "DeleteStmt",
  "InsertStmt",
  "MergeStmt",
  "UpdateStmt",
]);

function rowLocks(tree: ParseTree): readonly TableLock[] {
  const selects: ParseFields[] = [tree.fields];
  walk(tree.fields, ({ kind, fields }) => {
    if (kind === "SelectStmt") selects.push(fields);
  });
  return selects.flatMap((fields) =>
    nodes(fields["lockingClause"], "LockingClause").flatMap((clause) =>
      lockedBy(clause, fields["fromClause"])
    )
  );
}

/** FOR UPDATE counts for all of FROM, subqueries included, or for some of it. */
function lockedBy(clause: ParseFields, from: unknown): readonly TableLock[] {
  const wanted = nodes(clause["lockedRels"], "RangeVar")
    .map(({ relname }) => relname);
  const tables: ParseFields[] = [];
  walk(from, ({ kind, fields }) => {
    if (kind === "RangeVar") tables.push(fields);
  });
  return tables
    .filter((fields) => {
      const alias = fieldsOf(fields["alias"])["aliasname"] ?? fields["relname"];
      return wanted.length === 0 || wanted.includes(alias);
    })
    .map((fields) => lockOn(relationName(fields), "ROW SHARE"));
}

/** Calls back for every node below. */
function walk(part: unknown, visit: (node: ParseTree) => void): void {
  if (typeof part !== "object" || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) walk(item, visit);
    return;
  }
  const node = readNode(part);
  // FOR UPDATE OF names again what stands in FROM.
  if (node?.kind === "LockingClause") return;
  if (node !== undefined && /^[A-Z]/.test(node.kind)) visit(node);
  for (const value of Object.values(part)) walk(value, visit);
}
