import { deepEqual } from "node:assert/strict";
import { assignVersions } from "../../../../src/core/adopt/assign_versions.ts";

const CASES: readonly {
  readonly name: string;
  readonly written: readonly (string | undefined)[];
  readonly assigned: readonly string[];
}[] = [
  {
    name: "keeps numbers that rise, as they are written",
    written: ["0001", "2", "20240101120000"],
    assigned: ["0001", "2", "20240101120000"],
  },
  {
    name: "gives doubles the next number",
    written: ["1", "1", "01", "2", "9"],
    assigned: ["1", "2", "3", "4", "9"],
  },
  {
    name: "gives doubled times the next second",
    written: ["20240101235959", "20240101235959", "20240103000000"],
    assigned: ["20240101235959", "20240102000000", "20240103000000"],
  },
  {
    name: "makes one number of numbers with dots, so that the order stays",
    written: ["1", "1.2", "1.10", "2.0.1", "10"],
    assigned: ["1000", "1020", "1100", "2001", "10000"],
  },
  {
    name: "counts what has no number",
    written: [undefined, undefined],
    assigned: ["001", "002"],
  },
  {
    name: "goes on behind a number for what has none",
    written: ["7", undefined, "8"],
    assigned: ["7", "8", "9"],
  },
  { name: "has nothing for nothing", written: [], assigned: [] },
];

for (const { name, written, assigned } of CASES) {
  Deno.test(`assignVersions() ${name}`, () => {
    deepEqual(assignVersions(written), assigned);
  });
}
