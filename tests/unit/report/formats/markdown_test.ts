import { equal, ok } from "node:assert/strict";
import { EMPTY_RUN, FAILED_RUN } from "../sample_reports.ts";
import { rendered } from "./rendered.ts";

Deno.test("renderMarkdown() has tables of the steps and of the findings", () => {
  const text = rendered("markdown", FAILED_RUN);

  ok(text.startsWith("### ❌ lockstep migrate\n\nApplied 1 of 3 migrations"));
  ok(text.includes("\n| ✅ | `001_initial_schema` | applied | 42 ms |\n"));
  ok(text.includes(
    "\n| error | `statement_failed` | `migrations/002_add_indexes.sql:14:22` |",
  ));
  ok(text.includes("\n```text\nerror[statement_failed]: "));
});

Deno.test("renderMarkdown() lets no text end a cell, a code or mention anybody", () => {
  const text = rendered("markdown", {
    ...EMPTY_RUN,
    target: "a`|``b",
    warnings: [{
      severity: "warning",
      code: "odd",
      message: "a | b <img> @team `x` [y](z)",
      location: { path: "a|b.sql" },
    }],
  });

  equal(
    text,
    "### ⚠️ lockstep migrate\n\nNothing to apply.\n\n" +
      "Target: ```a`\\|``b```\n\n" +
      "| severity | code | place | message |\n| --- | --- | --- | --- |\n" +
      "| warning | `odd` | `a\\|b.sql` | " +
      "a \\| b \\<img\\> @<!-- -->team \\`x\\` \\[y\\](z) |\n",
  );
});
