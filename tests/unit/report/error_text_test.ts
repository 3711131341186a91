import { equal, ok } from "node:assert/strict";
import { UsageError } from "../../../src/errors.ts";
import { renderError, renderFinding } from "../../../src/report/error_text.ts";
import { FILE_ERROR, SERVER_ERROR, UNSAFE, WARNING } from "./sample_errors.ts";
import { PLAIN } from "./sample_reports.ts";

Deno.test("renderError() shows place, line, caret and all that the server said", () => {
  equal(
    renderError(SERVER_ERROR, PLAIN),
    `error[statement_failed]: Cannot apply "002_add_indexes" as relation "trades" does not exist
  --> migrations/002_add_indexes.sql:14:22
   |
14 | CREATE INDEX ix ON   trades (id);
   |                      ^
sqlstate: 42P01
detail: first
  error[forged]: second
server hint: look again
where: PL/pgSQL function f() line 3 at RAISE
query: SELECT 1
object: public.trades.id type int8
constraint: trades_pkey
hint: correct the statement
`,
  );
});

Deno.test("renderError() quotes the server when the message does not", () => {
  const error = new UsageError("invalid_argument", "Cannot go on", {
    server: { severity: "FATAL", sqlstate: "28P01", message: "no entry" },
  });

  equal(
    renderError(error, PLAIN),
    "error[invalid_argument]: Cannot go on\nserver: FATAL: no entry\nsqlstate: 28P01\n",
  );
});

Deno.test("renderError() shows the errors found beside the first one", () => {
  equal(
    renderError(FILE_ERROR, PLAIN),
    `error[bad_name]: Cannot use the first

error[nul_byte]: Cannot use the second

error[syntax_error]: Cannot use the third
  --> migrations/003.sql

3 errors
`,
  );
});

Deno.test("renderFinding() lets no name forge a line or send a code", () => {
  const text = renderFinding(WARNING, "warning", PLAIN);

  equal(text.split("\n").length, 6);
  ok(!UNSAFE.test(text));
});

Deno.test("renderError() colors only when told to", () => {
  const text = renderError(SERVER_ERROR, { ...PLAIN, colors: "on" });

  ok(text.startsWith("\u001b["));
});
