import { nameIn, relationName } from "../lint/alterations.ts";
import {
  fieldsOf,
  names,
  nodes,
  type ParseFields,
  text,
} from "../sql/parse_tree.ts";
import { columnDefinitions, referencedIn } from "./added_locks.ts";
import { readLocks } from "./query_locks.ts";
import { lockOn, lockOnOther, type TableLock } from "./table_lock.ts";

/** The locks of CREATE TABLE, the new one aside. */
export function createTableLocks(fields: ParseFields): readonly TableLock[] {
  const elements = fields["tableElts"];
  const isPartition = fields["partbound"] !== undefined;
  const parents = nodes(fields["inhRelations"], "RangeVar").map((parent) =>
    lockOn(
      relationName(parent),
      isPartition ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE",
    )
  );
  const keys = nodes(elements, "Constraint")
    .filter(({ contype }) => contype === "CONSTR_FOREIGN")
    .map(({ pktable }) => lockOn(relationName(pktable), "SHARE ROW EXCLUSIVE"));
  const copied = nodes(elements, "TableLikeClause")
    .filter(({ relation }) => relation !== undefined)
    .map(({ relation }) => lockOn(relationName(relation), "ACCESS SHARE"));
  const columns = columnDefinitions(elements);
  return [...parents, ...keys, ...referencedIn(columns), ...copied];
}

/** The locks of CREATE INDEX. */
export function createIndexLocks(fields: ParseFields): readonly TableLock[] {
  const table = relationName(fields["relation"]);
  return fields["concurrent"] === true
    ? [lockOn(table, "SHARE UPDATE EXCLUSIVE", { work: "index" })]
    : [lockOn(table, "SHARE", {
      work: "index",
      rule: "require-concurrent-index-creation",
    })];
}

/** The locks of REINDEX; undefined for one of a schema or a database. */
export function reindexLocks(
  fields: ParseFields,
): readonly TableLock[] | undefined {
  const kind = fields["kind"];
  if (kind !== "REINDEX_OBJECT_TABLE" && kind !== "REINDEX_OBJECT_INDEX") {
    return undefined;
  }
  const isConcurrent = nodes(fields["params"], "DefElem")
    .some(({ defname }) => defname === "concurrently");
  const name = relationName(fields["relation"]);
  const mode = isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
  const details = {
    work: "index" as const,
    ...(!isConcurrent && { rule: "require-concurrent-reindex" }),
  };
  if (kind === "REINDEX_OBJECT_TABLE") return [lockOn(name, mode, details)];
  return [
    lockOn(name, isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    lockOnOther(`the table of the index "${name.name}"`, mode, details),
  ];
}

/** The locks of CREATE VIEW, and of the one that it replaces. */
export function viewLocks(fields: ParseFields): readonly TableLock[] {
  const read = readLocks(fields["query"]);
  return fields["replace"] === true
    ? [lockOn(relationName(fields["view"]), "ACCESS EXCLUSIVE"), ...read]
    : read;
}

/** The locks of REFRESH MATERIALIZED VIEW. */
export function refreshLocks(fields: ParseFields): readonly TableLock[] {
  const view = relationName(fields["relation"]);
  const query = lockOnOther("what its query reads", "ACCESS SHARE");
  return fields["concurrent"] === true
    ? [lockOn(view, "EXCLUSIVE", { work: "scan" }), query]
    : [
      lockOn(view, "ACCESS EXCLUSIVE", {
        work: "rewrite",
        rule: "refresh-without-concurrently",
      }),
      query,
    ];
}

/** The locks of COMMENT, which are those of a table if it is about a part of one. */
export function commentLocks(
  fields: ParseFields,
): readonly TableLock[] | undefined {
  const kind = text(fields["objtype"]) ?? "";
  const path = names(fieldsOf(fieldsOf(fields["object"])["List"])["items"]);
  if (RELATIONS.has(kind)) {
    return [lockOn(nameOf(path), "SHARE UPDATE EXCLUSIVE")];
  }
  if (kind === "OBJECT_COLUMN") {
    return [lockOn(nameOf(path.slice(0, -1)), "SHARE UPDATE EXCLUSIVE")];
  }
  if (!PARTS_OF_TABLES.has(kind)) return [];
  return [lockOn(nameOf(path.slice(0, -1)), "ACCESS SHARE")];
}

const RELATIONS: ReadonlySet<string> = new Set([
  "OBJECT_FOREIGN_TABLE",
  "OBJECT_INDEX",
  "OBJECT_MATVIEW",
  "OBJECT_SEQUENCE",
  "OBJECT_TABLE",
  "OBJECT_VIEW",
]);
const PARTS_OF_TABLES: ReadonlySet<string> = new Set([
  "OBJECT_POLICY",
  "OBJECT_RULE",
  "OBJECT_TABCONSTRAINT",
  "OBJECT_TRIGGER",
]);

/** The locks of CREATE and ALTER PUBLICATION on the tables that they name. */
export function publicationLocks(fields: ParseFields): readonly TableLock[] {
  return nodes(fields["pubobjects"], "PublicationObjSpec")
    .filter(({ pubtable }) => pubtable !== undefined)
    .map(({ pubtable }) =>
      lockOn(
        relationName(fieldsOf(pubtable)["relation"]),
        "SHARE UPDATE EXCLUSIVE",
      )
    );
}

/** The locks of ALTER DOMAIN. */
export function domainLocks(fields: ParseFields): readonly TableLock[] {
  const others = `every table with a column of the domain "${
    nameIn(fields["typeName"]).name
  }"`;
  const constraint = fieldsOf(fieldsOf(fields["def"])["Constraint"]);
  switch (fields["subtype"]) {
    case "O":
    case "V":
      return [lockOnOther(others, "SHARE", { work: "scan" })];
    case "C":
      return constraint["skip_validation"] === true ? [] : [
        lockOnOther(others, "SHARE", {
          work: "scan",
          rule: "domain-constraint-missing-not-valid",
        }),
      ];
    default:
      return [];
  }
}

function nameOf(path: readonly string[]) {
  const [name = "", schema] = path.toReversed();
  return schema === undefined ? { name } : { schema, name };
}
