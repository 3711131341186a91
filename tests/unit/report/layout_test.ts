import { deepEqual, equal } from "node:assert/strict";
import {
  clipText,
  count,
  displayWidth,
  formatDuration,
  formatInstant,
  renderTable,
  showLines,
  showText,
} from "../../../src/report/layout.ts";
import { PLAIN } from "./sample_reports.ts";

Deno.test("displayWidth() counts columns, not characters", () => {
  equal(displayWidth("abc"), 3);
  equal(displayWidth("表の"), 4);
  equal(displayWidth("e\u0301"), 1);
  equal(displayWidth("✓…"), 2);
});

Deno.test("clipText() marks where it cut", () => {
  equal(clipText("abcdef", 4, PLAIN), "abc…");
  equal(clipText("abcd", 4, PLAIN), "abcd");
  equal(clipText("表の計", 4, PLAIN), "表…");
  equal(clipText("abcdef", 4, { ...PLAIN, symbols: "ascii" }), "abc~");
});

Deno.test("renderTable() aligns cells and puts notes under their row", () => {
  const text = renderTable(
    [
      { cells: [{ text: "a" }, { text: "10" }, { text: "" }], notes: ["why"] },
      { cells: [{ text: "表" }, { text: "5" }, { text: "z" }] },
    ],
    { align: ["left", "right", "left"], flexible: 0, indent: "" },
    PLAIN,
  );

  equal(text, "a   10\n    why\n表   5  z\n");
});

Deno.test("renderTable() cuts the flexible column on a narrow terminal", () => {
  const text = renderTable(
    [{ cells: [{ text: "x".repeat(50) }, { text: "y".repeat(10) }] }],
    { align: ["left", "left"], flexible: 0, indent: "" },
    { ...PLAIN, columns: 40 },
  );

  equal(text, `${"x".repeat(27)}…  ${"y".repeat(10)}\n`);
});

Deno.test("formatDuration() chooses the unit", () => {
  const shown = [0, 42.4, 999.6, 1310, 59_994, 59_996, 125_000, 3_599_600]
    .map(formatDuration);

  deepEqual(shown, [
    "0 ms",
    "42 ms",
    "1.00 s",
    "1.31 s",
    "59.99 s",
    "1 min 0 s",
    "2 min 5 s",
    "1 h 0 min",
  ]);
});

Deno.test("formatInstant() shows UTC to the minute", () => {
  equal(formatInstant("2026-11-22T19:04:59.9+01:00"), "2026-11-22 18:04Z");
});

Deno.test("formatInstant() escapes what is no time", () => {
  equal(formatInstant("infinity\n"), "infinity\\n");
});

Deno.test("count() agrees with its number", () => {
  deepEqual([0, 1, 2].map((n) => count(n, "step")), [
    "0 steps",
    "1 step",
    "2 steps",
  ]);
});

Deno.test("showText() hides passwords and escapes controls", () => {
  equal(
    showText("a\u001b[0m password=hunter2\n"),
    "a\\x1b[0m password=***\\n",
  );
});

Deno.test("showLines() keeps lines apart and escapes the rest", () => {
  deepEqual(showLines("a\r\n\tb\u0007"), ["a", "    b\\x07"]);
});
