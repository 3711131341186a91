import { deepEqual } from "node:assert/strict";
import { FOREIGN_TOOLS } from "../../../../src/core/adopt/foreign_tools.ts";
import { TOOL_TITLES } from "../../../../src/core/adopt/tool_titles.ts";

Deno.test("TOOL_TITLES names every tool that can be adopted from", () => {
  deepEqual(
    Object.entries(TOOL_TITLES),
    FOREIGN_TOOLS.map(({ name, title }) => [name, title]),
  );
});
