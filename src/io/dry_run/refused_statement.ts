import type { Statement } from "../../core/sql/statement.ts";
import { PostgresError } from "../postgres/postgres_error.ts";

/** A statement of the script that the server refused. */
export class RefusedStatement extends Error {
  /** Absent for the constraints that were deferred to the end. */
  readonly statement: Statement | undefined;
  readonly refusal: PostgresError;

  constructor(statement: Statement | undefined, refusal: PostgresError) {
    super(refusal.message, { cause: refusal });
    this.name = "RefusedStatement";
    this.statement = statement;
    this.refusal = refusal;
  }
}

/** Sends a statement of the script, and tells its refusal from all others. */
export async function refused<Answer>(
  statement: Statement | undefined,
  send: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    throw error instanceof PostgresError
      ? new RefusedStatement(statement, error)
      : error;
  }
}
