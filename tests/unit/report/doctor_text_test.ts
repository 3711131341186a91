import { equal, ok } from "node:assert/strict";
import { renderDoctor } from "../../../src/report/doctor_text.ts";
import { displayWidth } from "../../../src/report/layout.ts";
import { PLAIN, SICK } from "./sample_reports.ts";

Deno.test("renderDoctor() has a line for each check, with what to do below", () => {
  equal(
    renderDoctor(SICK, PLAIN),
    `✓  server      PostgreSQL 18.4
!  indexes     1 index INVALID
               - public.a on \\x1b[31mx\\nerror[y]: z\\u202e\\x85
               → drop it, or build it again; it is of no use to anyone and costs
                 time at each write:
                 DROP INDEX CONCURRENTLY public.a;
✗  log         the log was changed
·  direct url  none is set

1 problem, 1 warning.
`,
  );
});

Deno.test("renderDoctor() has plain signs where the locale has no others", () => {
  const text = renderDoctor(SICK, { ...PLAIN, symbols: "ascii" });

  ok(text.includes("\nx  log "), text);
  ok(text.includes("\n               -> drop it"), text);
});

Deno.test("renderDoctor() keeps to the width of the terminal, but for commands", () => {
  const text = renderDoctor(SICK, { ...PLAIN, columns: 45 });

  const wide = text.split("\n").filter((line) => displayWidth(line) > 45);
  equal(wide.join("\n"), `${" ".repeat(17)}DROP INDEX CONCURRENTLY public.a;`);
});
