import { ExecutionError } from "../../errors.ts";
import type { PostgresError } from "../postgres/postgres_error.ts";

/** What the server said to the making or dropping of a test database. */
export function testDatabaseRefusal(error: PostgresError): ExecutionError {
  const { fields } = error;
  return new ExecutionError(
    "statement_failed",
    `Cannot make or drop a test database as the server refused: ${fields.message}`,
    {
      remains: "nothing",
      ...(fields.sqlstate === INSUFFICIENT_PRIVILEGE && {
        hint: "connect as a superuser, or as a role with CREATEDB that has " +
          "made the templates",
      }),
      server: fields,
      cause: error,
    },
  );
}

const INSUFFICIENT_PRIVILEGE = "42501";
