import { deepEqual, equal } from "node:assert/strict";
import {
  parseTrackedRow,
  rowLabel,
} from "../../../../src/core/repair/history_view.ts";
import { row } from "./view_samples.ts";

Deno.test("parseTrackedRow() reads the entry and keeps every column", () => {
  const { id, entry, columns } = parseTrackedRow(
    '{"id": 7, "version": "001", "success": true, "theirs": {"a": 1},' +
      ' "applied_at": "infinity"}',
  );

  deepEqual([id, entry.version, entry.state], ["7", "001", "applied"]);
  deepEqual(columns["theirs"], '{"a":1}');
  equal(entry.appliedAt, "infinity");
});

Deno.test("parseTrackedRow() names columns that have nothing, not those that are none", () => {
  const { empty } = parseTrackedRow(
    '{"version": "1", "name": "", "checksum": null, "success": false}',
  );

  deepEqual(empty, ["name", "checksum"]);
});

for (
  const [sample, label] of [
    [row("001", "a"), "001_a"],
    [row("000_initial", "initial"), "000_initial"],
    [row("001", ""), "001"],
  ] as const
) {
  Deno.test(`rowLabel() is ${label}`, () => {
    equal(rowLabel(sample), label);
  });
}

Deno.test("rowLabel() of a row without a version has its id", () => {
  const nameless = row(null, "x");

  equal(rowLabel(nameless), `row ${nameless.id}`);
});
