import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  diffLines,
  shortenDiff,
} from "../../../../src/core/schema/line_diff.ts";

Deno.test("diffLines() finds the lines that differ", () => {
  deepEqual(written("a\nb\nc", "a\nx\nc\nd"), [" a", "-b", "+x", " c", "+d"]);
  deepEqual(written("a", "a"), [" a"]);
  deepEqual(written("a\nb", "b\na"), ["-a", " b", "+a"]);
});

Deno.test("diffLines() leads from one text to the other", () => {
  const line = fc.constantFrom("a", "b", "c", "");
  const text = fc.array(line, { minLength: 1, maxLength: 12 })
    .map((lines) => lines.join("\n"));
  fc.assert(fc.property(text, text, (before, after) => {
    const lines = diffLines(before, after);
    const without = (gone: string) =>
      lines.filter(({ sign }) => sign !== gone).map(({ text: one }) => one)
        .join("\n");
    equal(without("+"), before);
    equal(without("-"), after);
  }));
});

Deno.test("shortenDiff() leaves out what is far from a change", () => {
  const before = ["1", "2", "3", "4", "5", "6", "7"].join("\n");
  const after = ["1", "2", "3", "x", "5", "6", "7"].join("\n");

  const shown = shortenDiff(diffLines(before, after), 1)
    .map((line) => line === "…" ? line : line.sign + line.text);

  deepEqual(shown, ["…", " 3", "-4", "+x", " 5", "…"]);
});

function written(before: string, after: string): readonly string[] {
  return diffLines(before, after).map(({ sign, text }) => sign + text);
}
