import { deepEqual, equal } from "node:assert/strict";
import { hash } from "node:crypto";
import { sqlx } from "../../../../src/core/adopt/sqlx.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const UP = "CREATE TABLE users ();\n";

function row(version: string, sql: string, success = "true") {
  return {
    version,
    description: "users",
    installed_on: "2024-01-31T10:00:00+00:00",
    success,
    checksum: `\\x${hash("sha384", sql, "hex")}`,
    execution_time: "12345678",
  };
}

Deno.test("sqlx.read() compares the SHA-384 and keeps time and duration", () => {
  const reading = readTool(sqlx, {
    files: {
      "1_users.up.sql": UP,
      "1_users.down.sql": "DROP TABLE users;\n",
      "2_more.sql": "SELECT 2;\n",
      "3_last.sql": "SELECT 3;\n",
    },
    history: [row("1", UP), row("2", "SELECT 1;\n")],
  });

  deepEqual(outline(reading), [
    "1 users applied same",
    "2 more applied changed",
    "3 last pending none",
  ]);
  deepEqual(reading.migrations[0]?.applied, {
    at: "2024-01-31T10:00:00+00:00",
    executionTimeMs: 12,
  });
  equal(sqlOf(reading).down, "DROP TABLE users;");
});

Deno.test("sqlx.read() obeys no-transaction at the very start", () => {
  const reading = readTool(sqlx, {
    files: {
      "1_a.sql": "-- no-transaction\nVACUUM;\n",
      "2_b.sql": "\n-- no-transaction\nVACUUM;\n",
    },
  });

  deepEqual(reading.migrations.map(({ up }) => up?.transaction), [
    "off",
    undefined,
  ]);
  equal(sqlOf(reading).up, "VACUUM;");
});

Deno.test("sqlx.read() stops at a row without success", () => {
  const reading = readTool(sqlx, {
    files: { "1_a.sql": UP },
    history: [row("1", UP, "false")],
  });

  deepEqual(codes(reading), ["unfinished_history"]);
});

Deno.test("sqlx.read() names a row without a file by its description", () => {
  const reading = readTool(sqlx, { history: [row("7", UP)] });

  deepEqual(outline(reading), ["7 users applied none absent"]);
});
