import { deepEqual, equal } from "node:assert/strict";
import { FileError, HistoryError, UsageError } from "../../src/errors.ts";

Deno.test("LockstepError.toJSON() tells what the error says", () => {
  const error = new FileError("bad_name", "Cannot read it", {
    hint: "rename it",
    location: { path: "a.sql", line: 1, excerpt: "password=secret" },
    others: [new FileError("bad_name", "Cannot read that")],
  });

  deepEqual(JSON.parse(JSON.stringify({ error })), {
    error: {
      code: "bad_name",
      message: "Cannot read it",
      hint: "rename it",
      location: { path: "a.sql", line: 1, excerpt: "password=***" },
      exit: "findings",
      exitCode: 3,
      others: [{
        code: "bad_name",
        message: "Cannot read that",
        exit: "findings",
        exitCode: 3,
      }],
    },
  });
});

Deno.test("LockstepError.toJSON() leaves out passwords and the cause", () => {
  const error = new HistoryError(
    "missing_grants",
    "Cannot use postgres://a:secret@b/c",
    {
      hint: "try postgres://a:secret@b/c",
      cause: new Error("secret"),
      server: {
        severity: "ERROR",
        sqlstate: "42501",
        message: "no postgres://a:secret@b/c",
        where: "COPY t, line 1: password='secret'",
      },
    },
  );

  equal(JSON.stringify(error).includes("secret"), false);
});

Deno.test("LockstepError.toJSON() leaves out what is not there", () => {
  const error = new UsageError("unknown_command", "Cannot run it");

  deepEqual(Object.keys(error.toJSON()), [
    "code",
    "message",
    "exit",
    "exitCode",
  ]);
});
