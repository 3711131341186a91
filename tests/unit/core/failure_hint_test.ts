import { equal } from "node:assert/strict";
import { failureHint } from "../../../src/core/failure_hint.ts";

const AGAIN = 'run "lockstep migrate" again';

/** SQLSTATE and message, what is left, the index, and the hint. */
const CASES = [
  [
    "42P01",
    'relation "x" does not exist',
    "nothing",
    1,
    `nothing of it is left: mend the file and ${AGAIN}`,
  ],
  [
    "23505",
    "could not create unique index",
    "part",
    1,
    "the statements before it are committed: mend this one or what it " +
    `needs, and ${AGAIN}, which goes on here`,
  ],
  [
    "23505",
    "could not create unique index, as the first statement",
    "part",
    0,
    "it ran outside a transaction: mend this one or what it needs, and " +
    `${AGAIN}, which goes on here`,
  ],
  [
    "42501",
    "must be owner of table t",
    "nothing",
    0,
    "nothing of it is left: have the role given the right, or connect as " +
    `the owner, and ${AGAIN}`,
  ],
  [
    "57014",
    "canceling statement due to statement timeout",
    "nothing",
    0,
    "nothing of it is left: where a timeout ended it, raise " +
    "--statement-timeout or the directive statement_timeout, and " + AGAIN,
  ],
  [
    "42601",
    'syntax error at or near ":"',
    "nothing",
    0,
    "where the colon starts a variable of psql, declare it with --var " +
    "name=value",
  ],
  [
    "42601",
    'syntax error at or near "TABEL"',
    "nothing",
    0,
    `nothing of it is left: mend the file and ${AGAIN}`,
  ],
] as const;

for (const [sqlstate, message, remains, index, hint] of CASES) {
  Deno.test(`failureHint() knows what to do after: ${message}`, () => {
    const server = { severity: "ERROR", sqlstate, message };

    equal(failureHint(server, { direction: "migrate", remains, index }), hint);
  });
}
