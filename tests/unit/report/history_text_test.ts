import { equal, ok } from "node:assert/strict";
import { renderHistory } from "../../../src/report/history_text.ts";
import { displayWidth } from "../../../src/report/layout.ts";
import { HISTORY, PLAIN } from "./sample_reports.ts";

Deno.test("renderHistory() tells of each attempt what, when and who", () => {
  const entries = HISTORY.entries.map((entry) => ({
    ...entry,
    name: "orders",
    ...(entry.error !== undefined && { error: "no table\nmore" }),
    ...(entry.reason !== undefined && { reason: "too slow" }),
  }));

  equal(
    renderHistory({ ...HISTORY, entries }, PLAIN),
    `when               migration   what                took  who
2026-11-22 18:04Z  002_orders  something_newer   2.00 s  deploy@app-1
2026-11-22 18:04Z  002_orders  rolled back       2.00 s  deploy@app-1 (10.0.0.7)
    reason: too slow
2026-11-22 18:04Z  002_orders  applied           2.00 s  deploy@app-1
2026-11-22 18:04Z  002_orders  rollback failed   2.00 s  deploy@app-1 as owner
    no table (42P01)
2026-11-22 18:04Z  002_orders  stopped part-way  2.00 s  deploy@app-1
    no table
`,
  );
});

Deno.test("renderHistory() says so when there is nothing", () => {
  equal(
    renderHistory({ ...HISTORY, entries: [] }, PLAIN),
    "Nothing is recorded yet.\n",
  );
});

Deno.test("renderHistory() cuts a long name first where columns are few", () => {
  const [entry] = HISTORY.entries;
  ok(entry !== undefined);
  const entries = [{ ...entry, name: "a".repeat(100) }];

  const text = renderHistory({ ...HISTORY, entries }, {
    ...PLAIN,
    columns: 80,
  });

  ok(text.split("\n").every((line) => displayWidth(line) <= 80), text);
  ok(text.includes("deploy@app-1"), text);
});
