import assert from "node:assert/strict";
import { parseMigrationHeader } from "../../../src/core/migration_header.ts";

const UP = {
  version: "004",
  name: "add_users",
  path: "migrations/004_add_users.sql",
  direction: "up",
} as const;

const DOWN = {
  ...UP,
  path: "migrations/rollbacks/004_add_users_down.sql",
  direction: "down",
} as const;

Deno.test("parseMigrationHeader() reads the template's lines", () => {
  const { header, findings } = parseMigrationHeader(
    `-- Migration: 004_add_users.sql
-- Description: Users and their roles: all of them
-- Author: Your Name
-- Created: 2025-01-05
-- Dependencies: 003_previous_migration.sql
-- Estimated execution time: 1-2 seconds

-- Migration metadata
-- Version: 004
-- Type: schema_change
-- Rollback: 004_add_users_down.sql

BEGIN;
-- Author: nobody
`,
    UP,
  );

  assert.deepEqual(findings, []);
  assert.deepEqual(header, {
    description: "Users and their roles: all of them",
    author: "Your Name",
    created: "2025-01-05",
    type: "schema_change",
    estimatedTime: "1-2 seconds",
    dependencies: ["003_previous_migration.sql"],
    dependenciesLine: 5,
    directives: {},
  });
});

Deno.test("parseMigrationHeader() reads any case, order and spacing", () => {
  const { header } = parseMigrationHeader(
    "--TYPE :a\r\n  --   author:  b  \r\n\t-- estimated Execution TIME: c",
    UP,
  );

  assert.deepEqual(header, {
    type: "a",
    author: "b",
    estimatedTime: "c",
    dependencies: [],
    directives: {},
  });
});

Deno.test("parseMigrationHeader() keeps the first of two lines", () => {
  const { header } = parseMigrationHeader(
    "-- Author:\n-- Author: a\n-- Author: b",
    UP,
  );

  assert.equal(header.author, "a");
});

Deno.test("parseMigrationHeader() skips block comments, nested ones too", () => {
  const { header } = parseMigrationHeader(
    "/* -- Author: a\n /* */ -- Author: b\n */ /**/ -- Author: c\n",
    UP,
  );

  assert.equal(header.author, "c");
});

Deno.test("parseMigrationHeader() takes nothing out of an open comment", () => {
  const { header } = parseMigrationHeader("/* \n-- Author: a\n", UP);

  assert.equal(header.author, undefined);
});

Deno.test("parseMigrationHeader() ends at any statement", () => {
  const { header } = parseMigrationHeader(
    "-- Type: a\n\\set x 1\n-- Author: b",
    UP,
  );

  assert.equal(header.type, "a");
  assert.equal(header.author, undefined);
});

Deno.test("parseMigrationHeader() ends a comment at a lone CR", () => {
  const { header } = parseMigrationHeader("-- Type: a\rDROP TABLE x;", UP);

  assert.equal(header.type, "a");
});

Deno.test("parseMigrationHeader() finds nothing in an empty file", () => {
  assert.deepEqual(parseMigrationHeader("", UP), {
    header: { dependencies: [], directives: {} },
    findings: [],
  });
});

const DEPENDENCIES: readonly (readonly [text: string, ...read: string[]])[] = [
  ["-- Dependencies: None"],
  ["-- Dependencies: n/a"],
  ["-- Dependencies:"],
  ["-- Dependencies: 001_a.sql, 2,pgcrypto", "001_a.sql", "2", "pgcrypto"],
  ["-- Dependencies: 001, 002,\n--   003\n-- 004", "001", "002", "003"],
  ["-- Dependencies: 001\n-- Dependencies: 002", "001", "002"],
  ["-- Dependencies: 001,\n-- Author: a", "001"],
];

for (const [text, ...read] of DEPENDENCIES) {
  Deno.test(`parseMigrationHeader() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseMigrationHeader(text, UP).header.dependencies, read);
  });
}

for (
  const line of [
    "-- Version: 004",
    "-- Version: 4",
    "-- Version: 004_add_users",
    "-- Version: 004 (the users)",
    "-- Version: None",
    "-- Migration: 004_add_users.sql",
    "-- Migration: 004",
    "-- Migration: 004_add_users",
    "-- Migration: Add users",
    "-- Migration: 3 new tables",
    "-- Rollback: 004_add_users_down.sql",
    "-- Rollback: rollbacks/004_add_users_down.sql",
    '-- Rollback: "004_add_users_down.sql" (drops all)',
    "-- Rollback: 004_down",
    "-- Rollback: None",
    "-- Rollback: drops the table",
    "-- Rollback:",
  ]
) {
  Deno.test(`parseMigrationHeader() accepts up: ${line}`, () => {
    assert.deepEqual(parseMigrationHeader(line, UP).findings, []);
  });
}

for (
  const line of [
    "-- Version: 003",
    "-- Version: 0041",
    "-- Version: 4.1",
    "-- Version: latest",
    "-- Migration: 003_add_users.sql",
    "-- Migration: 004_add_user.sql",
    "-- Migration: 003",
    "-- Rollback: 003_add_users_down.sql",
    "-- Rollback: 004_other_down.sql",
    "-- Rollback: 004_add_users.sql",
    "-- Rollback for: 004_add_users.sql",
    "-- Rollback Migration: 004_add_users_down.sql",
    "-- migrate:up",
    "-- migrate:down transaction:false",
    "-- +goose Up",
    "-- +goose StatementBegin",
    "-- +migrate Up",
    "--liquibase formatted sql",
    "-- !Ups",
    "# --- !Ups",
  ]
) {
  Deno.test(`parseMigrationHeader() refuses up: ${line}`, () => {
    const { findings } = parseMigrationHeader(`\n${line}\n`, UP);

    assert.equal(findings.length, 1);
    assert.equal(findings[0]?.severity, "error");
    assert.equal(findings[0]?.code, "bad_header");
    assert.ok(findings[0]?.hint);
    assert.deepEqual(findings[0]?.location, {
      path: UP.path,
      line: 2,
      excerpt: line,
    });
  });
}

for (
  const line of [
    "-- Version: 004_down",
    "-- Version: 4",
    "-- Rollback Migration: 004_add_users_down.sql",
    "-- Migration: 004_add_users.sql",
    "-- Rollback for: 004_add_users.sql",
    "-- Rollback for: migrations/004_add_users.sql",
    "-- Rollback for: 004",
    "-- Rollback: whatever",
  ]
) {
  Deno.test(`parseMigrationHeader() accepts down: ${line}`, () => {
    assert.deepEqual(parseMigrationHeader(line, DOWN).findings, []);
  });
}

for (
  const line of [
    "-- Version: 003_down",
    "-- Rollback Migration: 003_add_users_down.sql",
    "-- Migration: 004_other_down.sql",
    "-- Rollback for: 003_add_users.sql",
    "-- Rollback for: 004_other.sql",
  ]
) {
  Deno.test(`parseMigrationHeader() refuses down: ${line}`, () => {
    const { findings } = parseMigrationHeader(line, DOWN);

    assert.deepEqual(findings.map(({ code }) => code), ["bad_header"]);
  });
}

Deno.test("parseMigrationHeader() names both sides of a contradiction", () => {
  const { findings } = parseMigrationHeader("-- Version: 003", UP);

  assert.equal(
    findings[0]?.message,
    'Cannot use "migrations/004_add_users.sql" as its header says version ' +
      '"003" but its name says "004"',
  );
});

Deno.test("parseMigrationHeader() names the tool of a marker", () => {
  const { findings } = parseMigrationHeader("-- migrate:up", UP);

  assert.match(findings[0]?.message ?? "", /"-- migrate:up" .* of dbmate/);
  assert.match(findings[0]?.hint ?? "", /rollbacks\/004_add_users_down.sql/);
});

Deno.test("parseMigrationHeader() reads directives of several lines", () => {
  const { header, findings } = parseMigrationHeader(
    "-- lockstep: transaction=off, lock_timeout=5s\n-- LOCKSTEP: irreversible",
    UP,
  );

  assert.deepEqual(findings, []);
  assert.deepEqual(header.directives, {
    transaction: "off",
    lockTimeoutMs: 5000,
    irreversible: true,
  });
});

for (
  const line of [
    "-- lockstep: transacton=off",
    "-- lockstep:",
    "-- lokstep: transaction=off",
    "-- lockstep transaction=off",
    "-- lockstep no transaction",
    "--lockstep: no transaction",
    "--- lockstep: transaction=off",
    "/* lockstep: transaction=off */",
  ]
) {
  Deno.test(`parseMigrationHeader() refuses ${line}`, () => {
    const { findings } = parseMigrationHeader(`-- Type: a\n${line}`, UP);

    assert.deepEqual(findings.map(({ code }) => code), ["bad_directive"]);
    assert.deepEqual(findings[0]?.location, {
      path: UP.path,
      line: 2,
      excerpt: line,
    });
  });
}

for (
  const line of [
    "-- Lock the table: it is hot",
    "-- lockstep is great",
    "-- -- lockstep: transaction=off",
    "/* lockstep is great */",
    "/* -- lockstep: transaction=off */",
    "/*\n * lockstep: transaction=off\n */",
  ]
) {
  Deno.test(`parseMigrationHeader() leaves ${line} alone`, () => {
    assert.deepEqual(parseMigrationHeader(line, UP).findings, []);
  });
}

Deno.test("parseMigrationHeader() warns of a directive below the header", () => {
  const { header, findings } = parseMigrationHeader(
    "-- Type: a\nBEGIN;\n\n  -- lockstep: transaction=off\nCOMMIT;",
    UP,
  );

  assert.deepEqual(header.directives, {});
  assert.deepEqual(
    findings.map(({ severity, code, location }) => ({
      severity,
      code,
      line: location?.line,
    })),
    [{ severity: "warning", code: "misplaced_directive", line: 4 }],
  );
});

Deno.test("parseMigrationHeader() reports all that is wrong", () => {
  const { findings } = parseMigrationHeader(
    "-- Version: 1\n-- Rollback: 1_a_down.sql\n-- lockstep: x=1, y=2",
    UP,
  );

  assert.deepEqual(findings.map(({ location }) => location?.line), [
    1,
    2,
    3,
    3,
  ]);
});

Deno.test("parseMigrationHeader() leaves lint-ignore to lint, in header and body", () => {
  const { header, findings } = parseMigrationHeader(
    "-- lockstep: lint-ignore a-b: small\n-- lockstep: irreversible\n" +
      "SELECT 1;\n-- lockstep: lint-ignore a-b: small\nSELECT 2;",
    { path: "001_a.sql", version: "001", name: "a", direction: "up" },
  );

  assert.deepEqual(findings, []);
  assert.deepEqual(header.directives, { irreversible: true });
});
