import { deepEqual, equal } from "node:assert/strict";
import { hash } from "node:crypto";
import { prisma } from "../../../../src/core/adopt/prisma.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const INIT = 'CREATE TABLE "User" ();\n';

function row(name: string, sql: string, part = {}) {
  return {
    id: "x",
    checksum: hash("sha256", sql, "hex"),
    finished_at: "2024-01-31T10:00:00+00:00",
    migration_name: name,
    started_at: "2024-01-31T09:59:59+00:00",
    applied_steps_count: "1",
    ...part,
  };
}

Deno.test("prisma.read() reads a folder each and compares the SHA-256", () => {
  const reading = readTool(prisma, {
    files: {
      "20240101120000_init/migration.sql": INIT,
      "20240101120000_init/down.sql": 'DROP TABLE "User";\n',
      "20240102120000_more/migration.sql": "SELECT 2;\n",
      "20240103120000_last/migration.sql": "SELECT 3;\n",
      "migration_lock.toml": 'provider = "postgresql"',
    },
    history: [
      row("20240101120000_init", INIT.replaceAll("\n", "\r\n")),
      row("20240102120000_more", "SELECT 1;\n"),
    ],
  });

  deepEqual(outline(reading), [
    "20240101120000 init applied same",
    "20240102120000 more applied changed",
    "20240103120000 last pending none",
  ]);
  equal(sqlOf(reading).down, 'DROP TABLE "User";');
});

Deno.test("prisma.read() leaves rolled back rows out and stops at a failed one", () => {
  const reading = readTool(prisma, {
    files: { "1_a/migration.sql": INIT },
    history: [
      row("1_a", INIT, {
        rolled_back_at: "2024-01-31T10:00:00+00:00",
        finished_at: undefined,
      }),
      row("2_b", INIT, { finished_at: undefined }),
    ],
  });

  deepEqual(codes(reading), ["unfinished_history"]);
  equal(outline(reading).at(-1), "1 a pending none");
});
