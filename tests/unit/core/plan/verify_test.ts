import { deepEqual, equal, match } from "node:assert/strict";
import {
  findIntegrityFindings,
  findRenamedFiles,
  matchFile,
} from "../../../../src/core/plan/verify.ts";
import { applied, entry, migration } from "../history_samples.ts";

const FILE = migration("001_a");

for (
  const [expected, row, file] of [
    ["same", applied("001", "a"), FILE],
    ["renamed", entry("001", "b", { checksum: "sum of a" }), FILE],
    ["changed", applied("001", "b"), FILE],
    ["missing", applied("001", "a"), undefined],
    [
      "same",
      entry("001", "e\u0301", { checksum: "sum of \u00e9" }),
      migration("001_\u00e9"),
    ],
  ] as const
) {
  Deno.test(`matchFile() of ${row.name} and ${file?.name} is ${expected}`, () => {
    equal(matchFile(row, file), expected);
  });
}

Deno.test("findRenamedFiles() names file and row, and says what to do", () => {
  const rows = [
    entry("001", "b", { checksum: "sum of a" }),
    entry("002", "c", { state: "rolled_back" }),
    applied("000_initial", "initial"),
  ];

  const [finding, ...more] = findRenamedFiles([FILE], rows);

  deepEqual(more, []);
  deepEqual([finding?.severity, finding?.version], ["warning", "001"]);
  equal(
    finding?.message,
    '"migrations/001_a.sql" was applied under the name "001_b"',
  );
  match(finding?.hint ?? "", /"lockstep repair 001"$/);
});

Deno.test("findIntegrityFindings() names the files and how to repair them", () => {
  const findings = findIntegrityFindings(
    [FILE],
    [applied("001", "x"), applied("002", "gone")],
  );

  deepEqual(
    findings.map(({ code, version }) => `${version} ${code}`),
    ["001 checksum_mismatch", "002 missing_file"],
  );
  match(findings[0]?.hint ?? "", /"lockstep repair 001"$/);
  match(findings[1]?.hint ?? "", /"lockstep repair --mark-not-applied 002"$/);
});

Deno.test("findIntegrityFindings() does not pass over a lost file that is partly applied", () => {
  const part = entry("002", "gone", { state: "partly_applied" });
  const failed = entry("003", "gone", { state: "failed" });

  const [finding, ...more] = findIntegrityFindings([FILE], [part, failed]);

  deepEqual(more, []);
  match(finding?.message ?? "", /of the partly applied version "002" is gone/);
  match(finding?.hint ?? "", /settle it with .*"--retry 002"$/);
});
