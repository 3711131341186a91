import type { QualifiedName } from "./quote.ts";

/** What a statement means for the transaction that it runs in. */
export interface Classification {
  readonly mode: "transactional" | "non_transactional";
  /** Why it is not transactional, for people. */
  readonly reason?: string;
  /** What it does to transactions, if that is what it is for. */
  readonly control?: TransactionControl;
  /** The modes that a BEGIN or a SET TRANSACTION names. */
  readonly modes?: TransactionModes;
  /** The savepoint that it names. */
  readonly savepoint?: string;
  /** What ALTER TYPE … ADD VALUE adds: unusable before its commit. */
  readonly addsEnumValue?: EnumValue;
  /** Whether it may use a new enum value without naming it. */
  readonly readsCopyData?: true;
  /** The enum type that it creates. */
  readonly createsType?: QualifiedName;
  /** The database that CREATE DATABASE copies. */
  readonly databaseTemplate?: string;
  /** It changes the settings that new sessions start with. */
  readonly changesSessionDefaults?: true;
}

/** The statements that control transactions. */
export type TransactionControl =
  | "begin"
  | "commit"
  | "commit_and_chain"
  | "rollback"
  | "rollback_and_chain"
  | "savepoint"
  | "release"
  | "rollback_to"
  | "set_transaction"
  | "prepare_transaction";

/** The modes of a transaction; what is left out keeps its default. */
export interface TransactionModes {
  readonly isolation?: string;
  readonly access?: "READ WRITE" | "READ ONLY";
  readonly deferrable?: "DEFERRABLE" | "NOT DEFERRABLE";
  /** SET TRANSACTION SNAPSHOT. */
  readonly snapshot?: true;
}

/** A value of an enum type. */
export interface EnumValue {
  readonly type: QualifiedName;
  readonly value: string;
}

/** The modes as SQL, in one order, such as `ISOLATION LEVEL SERIALIZABLE`. */
export function formatModes(modes: TransactionModes): string {
  const parts: string[] = [];
  if (modes.isolation !== undefined) {
    parts.push(`ISOLATION LEVEL ${modes.isolation}`);
  }
  if (modes.access !== undefined) parts.push(modes.access);
  if (modes.deferrable !== undefined) parts.push(modes.deferrable);
  return parts.join(", ");
}
