import assert from "node:assert/strict";
import {
  checkDependencies,
  dependenciesOf,
} from "../../../src/core/dependencies.ts";
import type { Migration } from "../../../src/core/migration.ts";
import { parseMigrationName } from "../../../src/core/migration_name.ts";

Deno.test("dependenciesOf() finds versions and file names", () => {
  const last = migration("004_d.sql", "001", "2", "003_c.sql", "pgcrypto");
  const all = [
    migration("001_a.sql"),
    migration("002_b.sql"),
    migration("003_c.sql"),
    last,
  ];

  assert.deepEqual(dependenciesOf(last, all), ["001", "002", "003"]);
});

Deno.test("dependenciesOf() names a version once", () => {
  const last = migration("002_b.sql", "001", "1", "001_a.sql (the tables)");

  assert.deepEqual(dependenciesOf(last, [migration("001_a.sql"), last]), [
    "001",
  ]);
});

Deno.test("checkDependencies() accepts what comes before", () => {
  assert.deepEqual(
    checkDependencies([
      migration("001_a.sql", "PostgreSQL 14", "timescaledb"),
      migration("002_b.sql", "001_a.sql", "1"),
      migration("010_c.sql", "002_b", "migrations/001_a.sql"),
    ]),
    [],
  );
});

for (
  const written of ["999", "999_x.sql", "999_x", "users.sql", "001_other.sql"]
) {
  Deno.test(`checkDependencies() refuses ${written} as unknown`, () => {
    const findings = checkDependencies([
      migration("001_a.sql"),
      migration("002_b.sql", written),
    ]);

    assert.deepEqual(findings.map(({ code }) => code), ["bad_dependency"]);
    assert.equal(
      findings[0]?.message,
      `Cannot use "002_b.sql" as there is no migration "${written}" ` +
        "that it depends on",
    );
    assert.deepEqual(findings[0]?.location, { path: "002_b.sql", line: 5 });
  });
}

Deno.test("checkDependencies() suggests the file of that version", () => {
  const [finding] = checkDependencies([
    migration("001_a.sql"),
    migration("002_b.sql", "001_other.sql"),
  ]);

  assert.equal(finding?.hint, 'did you mean "001_a.sql"?');
});

Deno.test("checkDependencies() refuses a dependency on itself", () => {
  const findings = checkDependencies([migration("001_a.sql", "1")]);

  assert.deepEqual(findings.map(({ code }) => code), ["bad_dependency"]);
  assert.match(findings[0]?.message ?? "", /depends on itself/);
});

Deno.test("checkDependencies() refuses a dependency that comes later", () => {
  const findings = checkDependencies([
    migration("9_a.sql", "10"),
    migration("10_b.sql"),
  ]);

  assert.deepEqual(findings.map(({ code }) => code), ["bad_dependency"]);
  assert.match(
    findings[0]?.message ?? "",
    /"9_a.sql" as it depends on "10_b.sql", which comes after it/,
  );
});

Deno.test("checkDependencies() reports a circle once, with its members", () => {
  const findings = checkDependencies([
    migration("1_a.sql", "2"),
    migration("2_b.sql", "3"),
    migration("3_c.sql", "1"),
  ]);

  assert.deepEqual(findings.map(({ code, message }) => [code, message]), [[
    "dependency_cycle",
    'Cannot use "1_a.sql" as its dependencies go in a circle: it depends on ' +
    '"2_b.sql", which depends on "3_c.sql", which depends on "1_a.sql"',
  ]]);
});

Deno.test("checkDependencies() reports two circles and what is not one", () => {
  const findings = checkDependencies([
    migration("1_a.sql", "2"),
    migration("2_b.sql", "1"),
    migration("3_c.sql", "4", "2"),
    migration("4_d.sql", "3"),
    migration("5_e.sql", "6"),
    migration("6_f.sql"),
  ]);

  assert.deepEqual(
    findings.map(({ code, location }) => [
      code,
      location?.path,
    ]),
    [
      ["dependency_cycle", "1_a.sql"],
      ["dependency_cycle", "3_c.sql"],
      ["bad_dependency", "5_e.sql"],
    ],
  );
});

Deno.test("checkDependencies() follows a chain of 10,000", () => {
  const chain = Array.from(
    { length: 10_000 },
    (_, i) => migration(`${i + 1}_a.sql`, i === 0 ? "10000" : `${i}`),
  );

  const findings = checkDependencies(chain);

  assert.deepEqual(findings.map(({ code }) => code), ["dependency_cycle"]);
  assert.ok((findings[0]?.message.length ?? 0) < 1000);
});

function migration(fileName: string, ...dependencies: string[]): Migration {
  return {
    ...parseMigrationName(fileName),
    up: {
      path: fileName,
      header: { dependencies, dependenciesLine: 5, directives: {} },
      checksum: "",
      sizeBytes: 0,
    },
  };
}
