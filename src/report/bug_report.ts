import type { ErrorReport } from "../core/report.ts";
import { LockstepError } from "../errors.ts";

/** The report of an error that lockstep did not raise on purpose. */
export function bugReport(message: string): ErrorReport {
  return {
    kind: "error",
    success: false,
    warnings: [],
    error: new Bug("bug", message),
  };
}

class Bug extends LockstepError {
  readonly exit = "bug";
}
