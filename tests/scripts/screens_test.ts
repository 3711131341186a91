import { deepEqual, equal, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { compileIfStale } from "../../scripts/compile.ts";
import {
  findStale,
  normalize,
  takeScreens,
  withScreens,
} from "../../scripts/screens.ts";
import { ROOT } from "../../scripts/test_steps.ts";

const SCREENS = { failure: "a 1 ms\n", status: "b\n", blocked: "c\n" };
const EMPTY = Object.keys(SCREENS)
  .map((name) => `<!-- screen: ${name} -->\n<!-- end of screen -->\n`)
  .join("text\n");

Deno.test("the screens in the README are what the executable prints", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const screens = await takeScreens(await compileIfStale());

  deepEqual(
    findStale(readme, screens),
    [],
    'run "scripts/deno task screens"',
  );
});

Deno.test("withScreens() puts screens between their marks, again and again", () => {
  const once = withScreens(EMPTY, SCREENS);

  equal(withScreens(once, SCREENS), once);
  deepEqual(findStale(once, SCREENS), []);
});

Deno.test("findStale() names a screen that prints something else", () => {
  const readme = withScreens(EMPTY, SCREENS);

  deepEqual(findStale(readme, { ...SCREENS, failure: "a 1.31 s\n" }), []);
  deepEqual(findStale(readme, { ...SCREENS, status: "x\n" }), ["status"]);
});

Deno.test("normalize() keeps everything but times and process ids", () => {
  equal(
    normalize("pid 1, 2026-11-22 23:27Z   1.31 s 2 statements"),
    normalize("pid 22, 2027-01-01 00:00Z  12 ms 2 statements"),
  );
  notEqual(normalize("2 statements"), normalize("3 statements"));
});
