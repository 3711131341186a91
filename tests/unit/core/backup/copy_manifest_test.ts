import { deepEqual, equal } from "node:assert/strict";
import {
  membersOf,
  parseManifest,
} from "../../../../src/core/backup/copy_manifest.ts";

const LISTS = {
  objects: [],
  steps: [],
  tables: [],
  sequences: [],
  publications: [],
  scripts: [],
};

for (
  const text of [
    "",
    "{",
    "null",
    '"x"',
    JSON.stringify({ ...LISTS, format: 2 }),
    JSON.stringify({ ...LISTS, format: 1, tables: {} }),
    JSON.stringify({ format: 1 }),
  ]
) {
  Deno.test(`parseManifest() refuses ${text}`, () => {
    equal(parseManifest(text), undefined);
  });
}

Deno.test("membersOf() lists scripts and the data of all tables", () => {
  const member = (name: string) => ({ name, sizeBytes: 1, sha256: "" });
  const manifest = parseManifest(JSON.stringify({
    ...LISTS,
    format: 1,
    scripts: [member("a.sql")],
    tables: [{ members: [member("b"), member("c")] }, { members: [] }],
  }));

  deepEqual(
    manifest && membersOf(manifest).map(({ name }) => name),
    ["a.sql", "b", "c"],
  );
});
