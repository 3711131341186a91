import assert from "node:assert/strict";
import { matchesAny } from "../../../src/core/glob.ts";

Deno.test("matchesAny() matches nothing without patterns", () => {
  assert.ok(!matchesAny([])("001_a.sql"));
});

Deno.test("matchesAny() holds a plain pattern against the last part", () => {
  const test = matchesAny(["seed.sql", "*_draft.sql", "00?_x.sql"]);

  assert.ok(test("seed.sql"));
  assert.ok(test("rollbacks/001_a_draft.sql"));
  assert.ok(test("001_x.sql"));
  assert.ok(!test("0011_x.sql"));
  assert.ok(!test("my_seed.sql"));
});

Deno.test("matchesAny() holds a pattern with a slash against all", () => {
  const test = matchesAny(["rollbacks/*", "./seed.sql"]);

  assert.ok(test("rollbacks/001_a_down.sql"));
  assert.ok(test("seed.sql"));
  assert.ok(!test("001_a.sql"));
});

Deno.test("matchesAny() takes all other characters as they are", () => {
  const test = matchesAny(["a.b+(c)[d].sql"]);

  assert.ok(test("a.b+(c)[d].sql"));
  assert.ok(!test("axb+(c)[d].sql"));
});
