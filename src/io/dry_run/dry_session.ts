import type { Blockage } from "../../core/blocker.ts";
import type { LeftOut } from "../../core/dry_run/left_out.ts";
import type { MigrationDirectives } from "../../core/directives.ts";
import {
  CLEAN_SESSION,
  limitSettings,
  transactionSettings,
} from "../postgres/session.ts";
import type { StepContext } from "../postgres/step_context.ts";
import type { DeferredConstraints } from "./deferred_constraints.ts";
import type { NewEnumValues } from "./new_enum_values.ts";
import type { Observer } from "./observer.ts";
import { refused } from "./refused_statement.ts";

/** What the steps of an executed dry run share. */
export interface DryContext extends StepContext {
  readonly observer: Observer;
  readonly enums: NewEnumValues;
  readonly constraints: DeferredConstraints;
  /** The statements that were left out so far. */
  readonly skipped: LeftOut[];
  /** The last wait that was seen, and who was in the way. */
  readonly lastBlockage: () => Blockage | undefined;
}

/** Gives the transaction the settings that a migration starts with. */
export async function startMigration(
  { worker, limits }: DryContext,
  directives: MigrationDirectives,
): Promise<void> {
  const lockTimeoutMs = shorter(limits.lockTimeoutMs, directives.lockTimeoutMs);
  await worker.run([
    transactionSettings(worker.serverVersion),
    ...limitSettings(limits, { ...directives, lockTimeoutMs }),
  ].join("; "));
}

/**
 * What COMMIT would do, as far as it can be done: deferred constraints are
 * checked, and nothing that the migration has set stays.
 */
export async function endMigration(
  { worker, constraints }: DryContext,
): Promise<void> {
  // The server reads a whole message in the encoding that it begins with.
  const check = "SET CONSTRAINTS ALL IMMEDIATE; RESET client_encoding";
  await refused(undefined, () => worker.run(check));
  await worker.run(CLEAN_SESSION);
  await constraints.deferAgain();
}

/** Of two timeouts of which 0 means none. */
function shorter(one: number, other: number = 0): number {
  if (one === 0 || other === 0) return one + other;
  return Math.min(one, other);
}
