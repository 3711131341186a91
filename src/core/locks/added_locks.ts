import {
  type Alteration,
  constraintOf,
  relationName,
  typeOf,
} from "../lint/alterations.ts";
import { callsIn, findVolatileCall } from "../lint/volatile_call.ts";
import { nodes, type ParseFields } from "../sql/parse_tree.ts";
import { BUILT_IN_TYPES } from "./built_in_types.ts";
import { type LockDetails, lockOn, type TableLock } from "./table_lock.ts";

/** The locks of ADD COLUMN. */
export function addedColumnLocks(
  { table, def }: Alteration,
): readonly TableLock[] {
  return [
    ...columnWork(def).map((work) => lockOn(table, "ACCESS EXCLUSIVE", work)),
    ...referencedIn([def], isFilled(def) ? LOOKED_UP : {}),
  ];
}

/** The locks of ADD CONSTRAINT. */
export function addedConstraintLocks(
  { table, def }: Alteration,
): readonly TableLock[] {
  if (def["contype"] !== "CONSTR_FOREIGN") {
    return [lockOn(table, "ACCESS EXCLUSIVE", constraintWork(def))];
  }
  const rule = "adding-foreign-key-constraint";
  return [
    lockOn(
      table,
      "SHARE ROW EXCLUSIVE",
      isUnchecked(def) ? {} : { work: "scan", rule },
    ),
    lockOn(
      relationName(def["pktable"]),
      "SHARE ROW EXCLUSIVE",
      isUnchecked(def) ? {} : LOOKED_UP,
    ),
  ];
}

/** The server may look up each key, or read all of the table. */
const LOOKED_UP: LockDetails = { work: "scan", isWorkCertain: false };

/** The locks of the tables that columns refer to. */
export function referencedIn(
  columns: readonly ParseFields[],
  details: LockDetails = {},
): readonly TableLock[] {
  return columns.flatMap((column) => {
    const key = constraintOf(column, "CONSTR_FOREIGN");
    return key === undefined ? [] : [
      lockOn(relationName(key["pktable"]), "SHARE ROW EXCLUSIVE", details),
    ];
  });
}

/** Only then there is something to look up for a new column. */
function isFilled(column: ParseFields): boolean {
  return constraintOf(column, "CONSTR_DEFAULT") !== undefined;
}

function constraintWork(def: ParseFields): LockDetails {
  switch (def["contype"]) {
    case "CONSTR_CHECK":
      return isUnchecked(def)
        ? {}
        : { work: "scan", rule: "constraint-missing-not-valid" };
    case "CONSTR_NOTNULL":
      return isUnchecked(def) ? {} : NOT_NULL;
    case "CONSTR_EXCLUSION":
      return { work: "index", rule: "adding-exclusion-constraint" };
    case "CONSTR_PRIMARY":
      // Its columns become NOT NULL, which has to be checked.
      if (def["indexname"] !== undefined) return NOT_NULL;
      return INDEX;
    case "CONSTR_UNIQUE":
      return def["indexname"] === undefined ? INDEX : {};
    default:
      return {};
  }
}

const INDEX: LockDetails = {
  work: "index",
  rule: "disallowed-unique-constraint",
};
const NOT_NULL: LockDetails = {
  work: "scan",
  isWorkCertain: false,
  rule: "adding-not-nullable-field",
};

function isUnchecked(def: ParseFields): boolean {
  return def["skip_validation"] === true || def["is_enforced"] !== true &&
      def["initially_valid"] !== true;
}

function columnWork(column: ParseFields): readonly LockDetails[] {
  const has = (contype: string) => constraintOf(column, contype) !== undefined;
  const works: LockDetails[] = [rewriteOf(column)];
  const isRequired = has("CONSTR_NOTNULL") || has("CONSTR_PRIMARY");
  if (isRequired && !has("CONSTR_DEFAULT")) {
    works.push({ work: "scan", rule: "adding-required-field" });
  }
  const check = constraintOf(column, "CONSTR_CHECK");
  if (check !== undefined && !isUnchecked(check)) works.push({ work: "scan" });
  if (has("CONSTR_FOREIGN") && isFilled(column)) {
    works.push({ work: "scan", rule: "adding-foreign-key-constraint" });
  }
  if (has("CONSTR_UNIQUE") || has("CONSTR_PRIMARY")) works.push(INDEX);
  return works;
}

function rewriteOf(column: ParseFields): LockDetails {
  const value = constraintOf(column, "CONSTR_DEFAULT")?.["raw_expr"];
  if (findVolatileCall(value) !== undefined) {
    return { work: "rewrite", rule: "adding-column-with-volatile-default" };
  }
  const type = typeOf(column);
  if (
    /^(?:small|big)?serial[248]?$/.test(type) ||
    constraintOf(column, "CONSTR_IDENTITY") !== undefined
  ) {
    return { work: "rewrite", rule: "adding-serial-column" };
  }
  const generated = constraintOf(column, "CONSTR_GENERATED");
  if (generated?.["generated_kind"] === "s") {
    return { work: "rewrite", rule: "adding-stored-generated-column" };
  }
  // A function may be volatile, and a type a domain with a constraint.
  const isUnsure = callsIn(value).some((name) => !STABLE.has(name)) ||
    !BUILT_IN_TYPES.has(type);
  return isUnsure ? { work: "rewrite", isWorkCertain: false } : {};
}

const STABLE: ReadonlySet<string> = new Set([
  "now",
  "statement_timestamp",
  "transaction_timestamp",
]);

/** The columns that CREATE TABLE writes down. */
export function columnDefinitions(list: unknown): readonly ParseFields[] {
  return nodes(list, "ColumnDef").filter(({ colname }) =>
    colname !== undefined
  );
}
