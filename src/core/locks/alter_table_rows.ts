import type { LockMode } from "./lock_mode.ts";
import type { LockDetails } from "./table_lock.ts";

/** The lock of a command of ALTER TABLE; ACCESS EXCLUSIVE unless it says so. */
export interface AlterTableRow extends LockDetails {
  readonly mode?: LockMode;
  /** That of tables which a foreign key ties to it. */
  readonly others?: LockMode;
}

const EXCLUSIVE: AlterTableRow = {};
/** A foreign key goes, or is made anew, on both of its sides. */
const KEYS: AlterTableRow = { others: "ACCESS EXCLUSIVE" };
const MILD: AlterTableRow = { mode: "SHARE UPDATE EXCLUSIVE" };
const TRIGGER: AlterTableRow = { mode: "SHARE ROW EXCLUSIVE" };
/** The server leaves it out where the table is so already. */
const REWRITE: AlterTableRow = {
  work: "rewrite",
  isWorkCertain: false,
  rule: "rewriting-table",
};

/**
 * The commands of ALTER TABLE whose lock depends on nothing else, by the names
 * of PostgreSQL's sources (`AlterTableGetLockLevel()` of 14 to 18).
 */
export const ALTER_TABLE_ROWS: Readonly<Record<string, AlterTableRow>> = {
  AT_AddIdentity: EXCLUSIVE,
  AT_AddOf: EXCLUSIVE,
  AT_AlterColumnGenericOptions: EXCLUSIVE,
  AT_AlterColumnType: {
    ...KEYS,
    work: "rewrite",
    isWorkCertain: false,
    rule: "changing-column-type",
  },
  AT_AlterConstraint: EXCLUSIVE,
  AT_ChangeOwner: EXCLUSIVE,
  AT_ClusterOn: MILD,
  AT_ColumnDefault: EXCLUSIVE,
  AT_DisableRowSecurity: EXCLUSIVE,
  AT_DisableRule: EXCLUSIVE,
  AT_DisableTrig: TRIGGER,
  AT_DisableTrigAll: TRIGGER,
  AT_DisableTrigUser: TRIGGER,
  AT_DropCluster: MILD,
  AT_DropColumn: { ...KEYS, rule: "ban-drop-column" },
  AT_DropConstraint: KEYS,
  AT_DropExpression: EXCLUSIVE,
  AT_DropIdentity: EXCLUSIVE,
  AT_DropNotNull: { rule: "ban-drop-not-null" },
  AT_DropOf: EXCLUSIVE,
  AT_EnableAlwaysRule: EXCLUSIVE,
  AT_EnableAlwaysTrig: TRIGGER,
  AT_EnableReplicaRule: EXCLUSIVE,
  AT_EnableReplicaTrig: TRIGGER,
  AT_EnableRowSecurity: EXCLUSIVE,
  AT_EnableRule: EXCLUSIVE,
  AT_EnableTrig: TRIGGER,
  AT_EnableTrigAll: TRIGGER,
  AT_EnableTrigUser: TRIGGER,
  AT_ForceRowSecurity: EXCLUSIVE,
  AT_GenericOptions: EXCLUSIVE,
  AT_NoForceRowSecurity: EXCLUSIVE,
  AT_ReplicaIdentity: EXCLUSIVE,
  AT_ResetOptions: MILD,
  AT_SetAccessMethod: REWRITE,
  AT_SetCompression: EXCLUSIVE,
  AT_SetExpression: { work: "rewrite", isWorkCertain: false },
  AT_SetIdentity: EXCLUSIVE,
  AT_SetLogged: REWRITE,
  AT_SetNotNull: {
    work: "scan",
    isWorkCertain: false,
    rule: "adding-not-nullable-field",
  },
  AT_SetOptions: MILD,
  AT_SetStatistics: MILD,
  AT_SetStorage: EXCLUSIVE,
  AT_SetTableSpace: REWRITE,
  AT_SetUnLogged: REWRITE,
  AT_ValidateConstraint: {
    ...MILD,
    others: "ROW SHARE",
    work: "scan",
    isWorkCertain: false,
  },
};
