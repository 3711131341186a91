import type { Remains, ServerMessage } from "../errors.ts";
import type { Direction } from "./plan/plan.ts";

/** The statement that failed, and what is left of its step. */
export interface FailedStatement {
  readonly direction: Direction;
  readonly remains: Remains;
  /** Of the statement, in its script. */
  readonly index: number;
}

/** What to do after the server refused a statement, beside what it says. */
export function failureHint(
  server: ServerMessage,
  failed: FailedStatement,
): string {
  return specialHint(server) ?? nextStep(server, failed);
}

/** What to do where the file is run in the wrong way. */
export function specialHint(
  { sqlstate, message }: ServerMessage,
): string | undefined {
  switch (sqlstate) {
    // A CALL or DO that commits, or a command that refuses a transaction
    // block, which the grammar could not foresee.
    case "25001":
    case "2D000":
      return 'put "-- lockstep: transaction=off" into the header to run the ' +
        "file without a transaction";
    case "42601":
      return /[^\w\s]:[^\w\s]$/.test(message) ? VARIABLE_HINT : undefined;
    default:
      return undefined;
  }
}

const VARIABLE_HINT = "where the colon starts a variable of psql, declare it " +
  "with --var name=value";

function nextStep(
  { sqlstate = "" }: ServerMessage,
  { direction, remains, index }: FailedStatement,
): string {
  const again = `run "lockstep ${direction}" again`;
  const cure = CURES[sqlstate];
  if (remains === "nothing") {
    return `nothing of it is left: ${cure ?? "mend the file"} and ${again}`;
  }
  const before = index === 0
    ? "it ran outside a transaction"
    : "the statements before it are committed";
  return `${before}: ${cure ?? "mend this one or what it needs,"} and ` +
    `${again}, which goes on here`;
}

/** Where the file is probably not what is wrong. */
const CURES: Readonly<Record<string, string>> = {
  "42501": "have the role given the right, or connect as the owner,",
  "57014": "where a timeout ended it, raise --statement-timeout or the " +
    "directive statement_timeout,",
};
