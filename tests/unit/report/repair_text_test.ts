import { equal, match } from "node:assert/strict";
import { renderResult } from "../../../src/report/human.ts";
import { renderRepairQuestion } from "../../../src/report/repair_text.ts";
import { PLAIN } from "./sample_reports.ts";
import {
  BAD_VERIFY,
  CLEAN_VERIFY,
  EMPTY_REPAIR,
  REPAIR,
  REPAIR_REPORTS,
} from "./sample_repairs.ts";

Deno.test("renderVerify() says in a line that nothing was found", () => {
  equal(
    renderResult(CLEAN_VERIFY, "normal", PLAIN),
    "target: app on localhost:5432\n" +
      "Nothing found: 1 migration and 2 rows of history fit.\n",
  );
});

Deno.test("renderVerify() has a line for each finding, with what to do", () => {
  const lines = renderResult(BAD_VERIFY, "normal", PLAIN).split("\n");

  equal(
    lines[1],
    'error[checksum_mismatch]: "migrations/001_\\x1b[31mx\\nerror[y]: z' +
      '\\u202e\\x85.sql" changed; accept it with "lockstep repair 001"',
  );
  equal(lines.length, 5);
  equal(lines[3], "1 error, 1 warning.");
});

Deno.test("renderRepair() shows changes, their values, and what is left", () => {
  const text = renderResult(REPAIR, "normal", PLAIN);

  match(text, /^✓ {2}accept "migrations\/001_.*" as it is now$/m);
  match(text, /^ {4}checksum: aaaaaaaaaaaa\.\.\. -> bbbbbbbbbbbb\.\.\.$/m);
  match(text, /^ {4}name: .* -> x{100}\.\.\.$/m);
  match(text, /^· {2}mark "002_b" as applied: declined$/m);
  match(text, /^ {4}error: boom -> \(null\)$/m);
  match(text, /: not made, as the history changed meanwhile$/m);
  match(text, /^Made 1 change\. Left: 1 error, 1 warning\.\n$/m);
});

Deno.test("renderRepair() says when there is nothing to do", () => {
  equal(
    renderResult(EMPTY_REPAIR, "normal", PLAIN),
    "target: app on localhost:5432\nNothing to repair.\n",
  );
});

for (
  const [index, sum] of [
    [5, "Would make 3 changes. Nothing was changed. Left: 1 error, 1 warning."],
    [6, "Nobody knows what was changed. Left: 1 error, 1 warning."],
  ] as const
) {
  Deno.test(`renderRepair() sums up: ${sum}`, () => {
    const report = REPAIR_REPORTS[index] ?? EMPTY_REPAIR;

    equal(renderResult(report, "normal", PLAIN).split("\n").at(-2), sum);
  });
}

Deno.test("renderRepairQuestion() says why, what changes, and asks", () => {
  const text = renderRepairQuestion({
    action: "adopt_file",
    version: "001",
    name: "a",
    message: 'adopt "b"',
    why: ['"b" was "a"'],
    values: [{ column: "name", from: "a", to: "b\x1b[2J" }],
  });

  equal(text, '"b" was "a".\n  name: a -> b\\x1b[2J\nAdopt "b"?');
});
