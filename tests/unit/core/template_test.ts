import assert from "node:assert/strict";
import { parseMigrationHeader } from "../../../src/core/migration_header.ts";
import {
  renderDownTemplate,
  renderUpTemplate,
  slugOf,
} from "../../../src/core/template.ts";
import { UsageError } from "../../../src/errors.ts";

const VALUES = {
  version: "20250105120000",
  slug: "add_user_authentication",
  description: "add user authentication!",
  author: "Ada Lovelace",
  date: "2025-01-05",
  dependency: "003_add_ml_strategy_fields.sql",
};

const SLUGS: readonly (readonly [name: string, slug: string])[] = [
  ["add user authentication!", "add_user_authentication"],
  ["  --Add  Users/2-- ", "add_users_2"],
  ["Größe, ŁØÆ œuvre", "grosse_loae_oeuvre"],
  ["İstanbul ılık", "istanbul_ilik"],
  ["ﬁx 表 naïve", "fix_naive"],
  ["'; DROP TABLE x; --", "drop_table_x"],
  ["../../etc/passwd", "etc_passwd"],
];

for (const [name, slug] of SLUGS) {
  Deno.test(`slugOf() makes ${slug}`, () => {
    assert.equal(slugOf(name), slug);
  });
}

Deno.test("slugOf() cuts a long name between words", () => {
  const slug = slugOf("word ".repeat(100));

  assert.equal(slug, Array(20).fill("word").join("_"));
});

Deno.test("slugOf() cuts one long word", () => {
  assert.equal(slugOf("x".repeat(300)), "x".repeat(100));
});

for (const name of ["", "!!!", "表", " \n "]) {
  Deno.test(`slugOf() refuses ${JSON.stringify(name)}`, () => {
    assert.throws(
      () => slugOf(name),
      (error: unknown) =>
        error instanceof UsageError && error.code === "bad_migration_name" &&
        error.hint !== undefined,
    );
  });
}

Deno.test("renderUpTemplate() writes a header that reads back", () => {
  const { header, findings } = parseMigrationHeader(
    renderUpTemplate(VALUES),
    owner("up"),
  );

  assert.deepEqual(findings, []);
  assert.deepEqual(header, {
    description: "add user authentication!",
    author: "Ada Lovelace",
    created: "2025-01-05",
    type: "schema_change",
    estimatedTime: "X-Y seconds",
    dependencies: ["003_add_ml_strategy_fields.sql"],
    dependenciesLine: 5,
    directives: {},
  });
});

Deno.test("renderUpTemplate() writes None for no dependency", () => {
  const { dependency: _, ...first } = VALUES;

  assert.match(renderUpTemplate(first), /^-- Dependencies: None$/m);
});

Deno.test("renderDownTemplate() writes a header that reads back", () => {
  const { header, findings } = parseMigrationHeader(
    renderDownTemplate(VALUES),
    owner("down"),
  );

  assert.deepEqual(findings, []);
  assert.equal(header.author, "Ada Lovelace");
});

Deno.test("templates keep every part of the request's", () => {
  const up = renderUpTemplate(VALUES);
  const down = renderDownTemplate(VALUES);

  assert.match(up, /^-- Migration: 20250105120000_add_user_auth\w+\.sql$/m);
  assert.match(up, /^-- Rollback: 20250105120000_add_user_auth\w+_down\.sql$/m);
  assert.match(up, /^BEGIN;[^]+^-- YOUR MIGRATION CODE HERE$/m);
  assert.match(up, /^-- MIGRATION VALIDATION$[^]+^DO \$\$[^]+^COMMIT;$/m);
  assert.match(up, /^SELECT 'Migration 20250105120000 completed/m);
  assert.match(down, /^-- Rollback Migration: 20250105120000_\w+_down\.sql$/m);
  assert.match(down, /^-- Rollback for: 20250105120000_add_user_\w+\.sql$/m);
  assert.match(down, /^BEGIN;[^]+^-- ROLLBACK VALIDATION$[^]+^COMMIT;$/m);
  assert.match(down, /^SELECT 'Rollback 20250105120000 completed/m);
});

Deno.test("renderUpTemplate() names its table in at most 63 bytes", () => {
  const text = renderUpTemplate({ ...VALUES, slug: "x".repeat(100) });
  const [, table = ""] = /CREATE TABLE (\w+) \(/.exec(text) ?? [];

  assert.equal(table.length, 63);
  assert.match(table, /^example_20250105120000_x+$/);
});

Deno.test("templates keep a text of many lines in its comment", () => {
  const evil = {
    ...VALUES,
    description: "a\n; DROP TABLE x;\r--",
    author: "\n1",
  };

  assert.match(
    renderUpTemplate(evil),
    /^-- Description: a ; DROP TABLE x; --$/m,
  );
  assert.match(renderDownTemplate(evil), /^-- Author: 1$/m);
});

function owner(direction: "up" | "down") {
  return {
    version: VALUES.version,
    name: VALUES.slug,
    path: "migrations/x.sql",
    direction,
  };
}
