import type { RunAnswer } from "../core/report.ts";
import { operate, type Operation } from "./operation.ts";
import type { Target } from "./postgres/target.ts";

/** An operation, and whether it is done or only looked at. */
export interface Wish extends Omit<Operation, "isDryRun" | "given"> {
  readonly dryRun: boolean | "execute" | undefined;
}

/** Does what is wished, plans it, or tries it and undoes it. */
export async function perform(
  target: Target,
  { dryRun, ...operation }: Wish,
): Promise<RunAnswer> {
  if (dryRun !== "execute") {
    return await operate(target, { ...operation, isDryRun: dryRun === true });
  }
  const dry = await import("./dry_run/dry_run.ts");
  return await dry.dryRun(target, operation);
}
