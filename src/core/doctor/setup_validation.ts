import type { SetupValidation } from "../manager_options.ts";
import type { DoctorReport } from "./verdict.ts";

/** Whether a run could begin, by what an examination found. */
export function validationOf(
  { error, checks }: DoctorReport,
): SetupValidation {
  const problems = checks.filter(({ state }) => state === "problem")
    .map(({ check, message }) => `${check}: ${message}`);
  const errors = error === undefined || problems.length > 0
    ? problems
    : [error.message];
  return { valid: errors.length === 0, errors };
}
