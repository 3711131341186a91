import {
  type Alteration,
  alterationsOf,
  relationName,
} from "../lint/alterations.ts";
import { nodes, type ParseTree, text } from "../sql/parse_tree.ts";
import { addedColumnLocks, addedConstraintLocks } from "./added_locks.ts";
import { ALTER_TABLE_ROWS } from "./alter_table_rows.ts";
import { KEYED, lockOn, lockOnOther, type TableLock } from "./table_lock.ts";

/**
 * The locks of ALTER TABLE, and of ALTER INDEX, VIEW and the like that the
 * grammar takes for it; undefined when one of its commands is not known.
 */
export function alterTableLocks(
  tree: ParseTree,
): readonly TableLock[] | undefined {
  const { fields } = tree;
  if (fields["objtype"] === "OBJECT_TYPE") return [];
  const table = { ...tree, fields: { ...fields, objtype: "OBJECT_TABLE" } };
  const locks: TableLock[] = [];
  for (const alteration of alterationsOf(table)) {
    const row = ALTER_TABLE_ROWS[alteration.subtype];
    const special = SPECIAL[alteration.subtype];
    if (special !== undefined) {
      locks.push(...special(alteration));
    } else if (row !== undefined) {
      const { mode = "ACCESS EXCLUSIVE", others, ...details } = row;
      locks.push(lockOn(alteration.table, mode, details));
      if (others !== undefined) locks.push(lockOnOther(KEYED, others));
    } else {
      return undefined;
    }
  }
  return locks;
}

/** The commands whose locks depend on what they are about. */
const SPECIAL: Readonly<
  Record<string, (alteration: Alteration) => readonly TableLock[]>
> = {
  AT_AddColumn: addedColumnLocks,
  AT_AddConstraint: addedConstraintLocks,
  AT_AddInherit: ({ table, def }) => [
    lockOn(table, "ACCESS EXCLUSIVE"),
    lockOn(relationName(def), "SHARE UPDATE EXCLUSIVE"),
  ],
  AT_AttachPartition: ({ table, def }) => [
    lockOn(table, "SHARE UPDATE EXCLUSIVE"),
    lockOn(relationName(def["name"]), "ACCESS EXCLUSIVE", {
      work: "scan",
      isWorkCertain: false,
      rule: "attaching-partition",
    }),
  ],
  AT_DetachPartition: ({ table, def }) => [
    def["concurrent"] === true
      ? lockOn(table, "SHARE UPDATE EXCLUSIVE")
      : lockOn(table, "ACCESS EXCLUSIVE", { rule: "detaching-partition" }),
    lockOn(relationName(def["name"]), "ACCESS EXCLUSIVE"),
  ],
  AT_DetachPartitionFinalize: ({ table, def }) => [
    lockOn(table, "SHARE UPDATE EXCLUSIVE"),
    lockOn(relationName(def["name"]), "ACCESS EXCLUSIVE"),
  ],
  AT_DropInherit: ({ table, def }) => [
    lockOn(table, "ACCESS EXCLUSIVE"),
    lockOn(relationName(def), "ACCESS SHARE"),
  ],
  AT_ResetRelOptions: optionLocks,
  AT_SetRelOptions: optionLocks,
};

/** All options of tables take the weaker lock, but for one. */
function optionLocks({ table, def }: Alteration): readonly TableLock[] {
  const isStrong = nodes(def["items"], "DefElem")
    .some(({ defname }) => STRONG_OPTIONS.has(text(defname) ?? ""));
  return [
    lockOn(table, isStrong ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE"),
  ];
}

/** `reloptions.c` of PostgreSQL 14 to 18. */
const STRONG_OPTIONS: ReadonlySet<string> = new Set([
  "autosummarize",
  "buffering",
  "check_option",
  "fastupdate",
  "gin_pending_list_limit",
  "pages_per_range",
  "security_barrier",
  "security_invoker",
  "user_catalog_table",
]);
