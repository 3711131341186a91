import { namedObjects } from "../backup/drop_targets.ts";
import { relationName } from "../lint/alterations.ts";
import {
  fieldsOf,
  names,
  nodes,
  type ParseFields,
  text,
} from "../sql/parse_tree.ts";
import { LOCK_MODES } from "./lock_mode.ts";
import { KEYED, lockOn, lockOnOther, type TableLock } from "./table_lock.ts";

/** The locks of DROP; undefined where what depends on it is not in the file. */
export function dropLocks(
  fields: ParseFields,
): readonly TableLock[] | undefined {
  const kind = text(fields["removeType"]) ?? "";
  if (kind === "OBJECT_INDEX") return dropIndexLocks(fields);
  if (RELATIONS.has(kind)) {
    const rule = kind === "OBJECT_TABLE" ? { rule: "ban-drop-table" } : {};
    const dropped = namedObjects(fields["objects"])
      .map((name) => lockOn(name, "ACCESS EXCLUSIVE", rule));
    return kind === "OBJECT_TABLE"
      ? [...dropped, lockOnOther(KEYED, "ACCESS EXCLUSIVE")]
      : dropped;
  }
  if (PARTS_OF_TABLES.has(kind)) {
    return partsIn(fields["objects"])
      .map((table) => lockOn(table, "ACCESS EXCLUSIVE"));
  }
  return fields["behavior"] === "DROP_CASCADE" || OWNERS.has(kind)
    ? undefined
    : [];
}

/** The locks of TRUNCATE. */
export function truncateLocks(fields: ParseFields): readonly TableLock[] {
  const named = nodes(fields["relations"], "RangeVar")
    .map((table) => lockOn(relationName(table), "ACCESS EXCLUSIVE"));
  return fields["behavior"] === "DROP_CASCADE"
    ? [
      ...named,
      lockOnOther("every table that refers to them", "ACCESS EXCLUSIVE", {
        rule: "ban-truncate-cascade",
      }),
    ]
    : named;
}

/** The locks of VACUUM and ANALYZE; undefined without names of tables. */
export function vacuumLocks(
  fields: ParseFields,
): readonly TableLock[] | undefined {
  const tables = nodes(fields["rels"], "VacuumRelation")
    .map(({ relation }) => relationName(relation));
  if (tables.length === 0) return undefined;
  const isFull = nodes(fields["options"], "DefElem")
    .some(({ defname, arg }) => defname === "full" && !isOff(arg));
  return tables.map((table) =>
    isFull
      ? lockOn(table, "ACCESS EXCLUSIVE", {
        work: "rewrite",
        rule: "ban-vacuum-full",
      })
      : lockOn(table, "SHARE UPDATE EXCLUSIVE", {
        work: "scan",
        isWorkCertain: false,
      })
  );
}

/** The locks of LOCK TABLE, which names the mode. */
export function lockTableLocks(fields: ParseFields): readonly TableLock[] {
  const number = fields["mode"];
  const mode = LOCK_MODES[typeof number === "number" ? number - 1 : -1];
  return nodes(fields["relations"], "RangeVar")
    .map((table) => lockOn(relationName(table), mode ?? "ACCESS EXCLUSIVE"));
}

function dropIndexLocks(fields: ParseFields): readonly TableLock[] {
  const isConcurrent = fields["concurrent"] === true;
  const mode = isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
  const rule = isConcurrent
    ? {}
    : { rule: "require-concurrent-index-deletion" };
  return namedObjects(fields["objects"]).flatMap((index) => [
    lockOn(index, mode, rule),
    lockOnOther(`the table of the index "${index.name}"`, mode, rule),
  ]);
}

const RELATIONS: ReadonlySet<string> = new Set([
  "OBJECT_FOREIGN_TABLE",
  "OBJECT_MATVIEW",
  "OBJECT_SEQUENCE",
  "OBJECT_TABLE",
  "OBJECT_VIEW",
]);
const PARTS_OF_TABLES: ReadonlySet<string> = new Set([
  "OBJECT_POLICY",
  "OBJECT_RULE",
  "OBJECT_TRIGGER",
]);
/** What has tables in it, or may have. */
const OWNERS: ReadonlySet<string> = new Set([
  "OBJECT_EXTENSION",
  "OBJECT_SCHEMA",
]);

function partsIn(objects: unknown) {
  return nodes(objects, "List").map((list) => {
    const [, name = "", schema] = names(fieldsOf(list)["items"]).toReversed();
    return schema === undefined ? { name } : { schema, name };
  });
}

function isOff(value: unknown): boolean {
  const word = text(fieldsOf(fieldsOf(value)["String"])["sval"]);
  const isZero = fieldsOf(value)["Integer"] !== undefined &&
    fieldsOf(fieldsOf(value)["Integer"])["ival"] === undefined;
  return isZero || word === "false" || word === "off";
}
