import type { Finding } from "../../../src/core/finding.ts";
import { ExecutionError, FileError } from "../../../src/errors.ts";

/** What an attacker would put in a name. */
export const EVIL = "\u001b[31mx\nerror[y]: z\u202e\u0085";

/** What no output may contain: a control or format character. */
export const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}]/u;

export const WARNING: Finding = {
  severity: "warning",
  code: "orphan_rollback",
  message: `The file "9_${EVIL}" has no migration`,
  hint: "remove it",
  location: { path: `migrations/${EVIL}.sql`, line: 1, excerpt: EVIL },
};

export const SERVER_ERROR = new ExecutionError(
  "statement_failed",
  'Cannot apply "002_add_indexes" as relation "trades" does not exist',
  {
    remains: "nothing",
    hint: "correct the statement",
    location: {
      path: "migrations/002_add_indexes.sql",
      line: 14,
      column: 22,
      excerpt: "CREATE INDEX ix ON   trades (id);",
    },
    server: {
      severity: "ERROR",
      sqlstate: "42P01",
      message: 'relation "trades" does not exist',
      detail: "first\nerror[forged]: second",
      hint: "look again",
      where: "PL/pgSQL function f() line 3 at RAISE",
      position: 20,
      internalPosition: 3,
      internalQuery: "SELECT 1",
      schema: "public",
      table: "trades",
      column: "id",
      dataType: "int8",
      constraint: "trades_pkey",
    },
  },
);

export const FILE_ERROR = new FileError("bad_name", "Cannot use the first", {
  others: [
    new FileError("nul_byte", "Cannot use the second"),
    new FileError("syntax_error", "Cannot use the third", {
      location: { path: "migrations/003.sql" },
    }),
  ],
});
