import type { Finding } from "../core/finding.ts";
import { scriptPath, type Step } from "../core/plan/plan.ts";
import type { PreparedStep } from "./postgres/step_context.ts";

/** Down scripts up to this size are kept in the database. */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** Warnings about steps that were looked through. */
export function findInSteps(
  prepared: readonly PreparedStep[],
): readonly Finding[] {
  return [
    ...prepared.flatMap(({ plan }) => plan.findings),
    ...prepared.flatMap(findEmpty),
    ...prepared.flatMap(({ step }) => findUnkept(step)),
  ];
}

/** A warning when the down script is too large to be kept. */
function findUnkept({ down }: Step): readonly Finding[] {
  if (down === undefined || down.sizeBytes <= MAX_KEPT_BYTES) return [];
  return [{
    severity: "warning",
    code: "rollback_not_kept",
    message: `"${down.path}" is larger than 16 MB and is not kept in the ` +
      `database: a rollback will need the file`,
    location: { path: down.path },
  }];
}

/** A warning when nothing would run, as after a file was saved too early. */
function findEmpty({ step, plan }: PreparedStep): readonly Finding[] {
  if (plan.statementCount > 0) return [];
  const path = scriptPath(step);
  return [{
    severity: "warning",
    code: "empty_script",
    message: `"${path}" has no statement: it is only recorded`,
    hint: "write its statements before the run; later they are a change",
    location: { path },
  }];
}
