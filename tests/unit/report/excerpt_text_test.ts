import { equal, ok } from "node:assert/strict";
import { renderExcerpt } from "../../../src/report/excerpt_text.ts";
import { PLAIN } from "./sample_reports.ts";

function render(excerpt: string, column?: number, columns?: number): string {
  const location = {
    path: "a.sql",
    line: 7,
    excerpt,
    ...(column === undefined ? {} : { column }),
  };
  return renderExcerpt(location, { ...PLAIN, columns });
}

Deno.test("renderExcerpt() puts the caret after tabs, wide letters and escapes", () => {
  equal(
    render("\t表\u0007x", 4),
    "  |\n7 |     表\\x07x\n  |           ^\n",
  );
});

Deno.test("renderExcerpt() counts a letter outside the BMP as one column", () => {
  equal(render("𝒳b", 2), "  |\n7 | 𝒳b\n  |  ^\n");
});

Deno.test("renderExcerpt() needs no column", () => {
  equal(render("SELECT"), "  |\n7 | SELECT\n");
});

Deno.test("renderExcerpt() can point behind the end of the line", () => {
  equal(render("SELECT", 7), "  |\n7 | SELECT\n  |       ^\n");
});

Deno.test("renderExcerpt() shows the neighborhood of a column in a long line", () => {
  const line = `${"a".repeat(500_000)}HERE${"b".repeat(500_000)}`;

  const [, text = "", caret = ""] = render(line, 500_001, 60).split("\n");

  ok(text.length <= 60 && caret.length <= 60);
  equal(text.slice(caret.indexOf("^"), caret.indexOf("^") + 4), "HERE");
  ok(text.endsWith("bbb...") && text.includes("| ...aaa"));
});

Deno.test("renderExcerpt() keeps the caret right when the end of a long line is meant", () => {
  const line = `${"a".repeat(200)}END`;

  const [, text = "", caret = ""] = render(line, 201, 60).split("\n");

  ok(text.length <= 60);
  equal(text.slice(caret.indexOf("^")), "END");
});

Deno.test("renderExcerpt() shows no password", () => {
  const text = render("CONNECTION 'host=h password=hunter2'", 30);

  ok(!text.includes("hunter2") && !text.includes("^"));
});
