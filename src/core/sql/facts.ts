import type { Classification } from "./classification.ts";

/** What words or grammar say about a statement. */
export type Facts =
  & Pick<
    Classification,
    | "addsEnumValue"
    | "createsType"
    | "databaseTemplate"
    | "changesSessionDefaults"
  >
  & {
    /** What the server would say cannot run in a transaction block. */
    readonly refusedAs?: string;
  };

/** The template of a database for which none is named. */
export const DEFAULT_TEMPLATE = "template1";

/**
 * Functions of TimescaleDB that refuse to run in a transaction block, or
 * that commit on their own.
 */
export const COMMITTING_PROCEDURES: ReadonlySet<string> = new Set([
  "cagg_migrate",
  "refresh_continuous_aggregate",
  "run_job",
]);

/** They refuse a transaction that wrote, and ours writes its history first. */
const SLOT_FUNCTION = /^pg_(?:create|copy)_logical_replication_slot$/;

/** Whether a function makes a logical replication slot. */
export function makesLogicalSlot(functionName: string): boolean {
  return SLOT_FUNCTION.test(functionName);
}
