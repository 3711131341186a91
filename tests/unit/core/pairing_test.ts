import assert from "node:assert/strict";
import {
  parseDownName,
  parseMigrationName,
} from "../../../src/core/migration_name.ts";
import { pairFiles } from "../../../src/core/pairing.ts";

Deno.test("pairFiles() orders by number and pairs by number", () => {
  const { pairs, findings } = pair(
    ["10_c.sql", "2_b.sql", "001_a.sql"],
    ["1_a_down.sql", "010_c_down.sql"],
  );

  assert.deepEqual(findings, []);
  assert.deepEqual(pairs.map(({ up, down }) => [up.path, down?.path]), [
    ["001_a.sql", "rollbacks/1_a_down.sql"],
    ["2_b.sql", undefined],
    ["10_c.sql", "rollbacks/010_c_down.sql"],
  ]);
});

Deno.test("pairFiles() finds versions that are one number", () => {
  const { pairs, findings } = pair(["1_b.sql", "001_a.sql", "01_c.sql"], []);

  assert.deepEqual(pairs.map(({ up }) => up.path), ["001_a.sql"]);
  assert.deepEqual(
    findings.map(({ severity, code, message }) => ({
      severity,
      code,
      message,
    })),
    [
      {
        severity: "error",
        code: "duplicate_version",
        message: 'Cannot use "01_c.sql" as "001_a.sql" has the same version',
      },
      {
        severity: "error",
        code: "duplicate_version",
        message: 'Cannot use "1_b.sql" as "001_a.sql" has the same version',
      },
    ],
  );
});

Deno.test("pairFiles() finds two rollbacks of one version", () => {
  const { findings } = pair(["1_a.sql"], ["1_a_down.sql", "01_a_down.sql"]);

  assert.deepEqual(findings.map(({ code }) => code), ["duplicate_version"]);
  assert.match(
    findings[0]?.message ?? "",
    /"rollbacks\/1_a_down.sql" as "rollbacks\/01_a_down.sql"/,
  );
});

Deno.test("pairFiles() finds a rollback named unlike its migration", () => {
  const { findings } = pair(["1_a.sql"], ["1_b_down.sql"]);

  assert.deepEqual(findings.map(({ severity, code }) => [severity, code]), [
    ["error", "down_name_mismatch"],
  ]);
  assert.match(findings[0]?.hint ?? "", /"1_a_down.sql"/);
});

Deno.test("pairFiles() warns of a rollback without its migration", () => {
  const { findings } = pair(["1_a.sql"], ["2_b_down.sql"]);

  assert.deepEqual(findings.map(({ severity, code }) => [severity, code]), [
    ["warning", "orphan_rollback"],
  ]);
});

Deno.test("pairFiles() warns of 13 and 15 digits among 14", () => {
  const { findings } = pair([
    "001_a.sql",
    "2025010512000_b.sql",
    "20250105120000_c.sql",
    "202501051200000_d.sql",
  ], []);

  assert.deepEqual(
    findings.map(({ severity, code, location }) => [
      severity,
      code,
      location?.path,
    ]),
    [
      ["warning", "odd_timestamp", "2025010512000_b.sql"],
      ["warning", "odd_timestamp", "202501051200000_d.sql"],
    ],
  );
});

Deno.test("pairFiles() accepts 13 digits where no version has 14", () => {
  assert.deepEqual(pair(["2025010512000_b.sql"], []).findings, []);
});

Deno.test("pairFiles() says where a rollback beside its migration belongs", () => {
  const { pairs, findings } = pairFiles(
    ["migrations/001_a_down.sql", "migrations/001_b.sql"].map((path) => ({
      ...parseMigrationName(path.replace("migrations/", "")),
      path,
    })),
    [],
  );

  assert.deepEqual(pairs.map(({ up }) => up.path), ["migrations/001_b.sql"]);
  assert.deepEqual(findings, [{
    severity: "error",
    code: "duplicate_version",
    message: 'Cannot use "migrations/001_a_down.sql" as ' +
      '"migrations/001_b.sql" has the same version',
    hint: "it is named as a rollback: move it to " +
      '"migrations/rollbacks/001_a_down.sql"',
    location: { path: "migrations/001_a_down.sql" },
  }]);
});

Deno.test("pairFiles() warns of a rollback that is taken for a migration", () => {
  const { pairs, findings } = pair(["001_a.sql", "002_b_DOWN.sql"], []);

  assert.equal(pairs.length, 2);
  assert.deepEqual(findings.map(({ severity, code }) => [severity, code]), [
    ["warning", "misplaced_rollback"],
  ]);
  assert.match(findings[0]?.hint ?? "", /"rollbacks\/002_b_down\.sql"/);
});

Deno.test("pairFiles() lets a migration be called _down that has its rollback", () => {
  const { findings } = pair(["002_scale_down.sql"], [
    "002_scale_down_down.sql",
  ]);

  assert.deepEqual(findings, []);
});

function pair(ups: readonly string[], downs: readonly string[]) {
  return pairFiles(
    ups.map((name) => ({ ...parseMigrationName(name), path: name })),
    downs.map((name) => ({
      ...parseDownName(name),
      path: `rollbacks/${name}`,
    })),
  );
}
