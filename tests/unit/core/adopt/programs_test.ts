import { deepEqual, equal } from "node:assert/strict";
import { knex } from "../../../../src/core/adopt/knex.ts";
import { nodePgMigrate } from "../../../../src/core/adopt/node_pg_migrate.ts";
import { rails } from "../../../../src/core/adopt/rails.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

Deno.test("rails.read() takes Ruby for programs, with engines and old versions", () => {
  const reading = readTool(rails, {
    files: {
      "20240101120000_create_users.rb": "class CreateUsers",
      "20240102120000_add_blobs.active_storage.rb": "class AddBlobs",
      "20240103120000_last.rb": "class Last",
    },
    history: [
      { version: "20100101000000" },
      { version: "20240101120000" },
      { version: "20240102120000" },
    ],
  });

  deepEqual(outline(reading), [
    "20100101000000 rails applied none absent",
    "20240101120000 create_users applied none",
    "20240102120000 add_blobs applied none",
    "20240103120000 last pending none",
  ]);
  equal(reading.migrations.some(({ up }) => up !== undefined), false);
});

Deno.test("knex.read() knows migrations by the names of their files", () => {
  const reading = readTool(knex, {
    files: {
      "20240101120000_users.js": "",
      "20240101120000_other.js": "",
      "20240102120000_more.ts": "",
      "types.d.ts": "",
    },
    history: [{
      id: "1",
      name: "20240101120000_users.js",
      batch: "1",
      migration_time: "2024-01-31T10:00:00+00:00",
    }],
    lock: [{ index: "1", is_locked: "0" }],
  });

  deepEqual(outline(reading), [
    "20240101120000 other pending none",
    "20240101120000 users applied none",
    "20240102120000 more pending none",
  ]);
  deepEqual(codes(reading), []);
});

Deno.test("knex.read() stops at its lock", () => {
  const reading = readTool(knex, { lock: [{ index: "1", is_locked: "1" }] });

  deepEqual(codes(reading), ["unfinished_history"]);
});

Deno.test("nodePgMigrate.read() cuts SQL at its comments and leaves programs", () => {
  const reading = readTool(nodePgMigrate, {
    files: {
      "1700000000000_users.sql":
        "-- Up Migration\nCREATE TABLE users ();\n-- Down Migration\nDROP TABLE users;\n",
      "1700000000001_job.js": "exports.up = () => {};",
      "1700000000002_bare.sql": "SELECT 1;\n",
    },
    history: [
      { id: "1", name: "1700000000000_users", run_on: "2024-01-31T10:00:00" },
      { id: "2", name: "1700000000001_job", run_on: "2024-01-31T10:00:01" },
    ],
  });

  deepEqual(outline(reading), [
    "1700000000000 users applied none",
    "1700000000001 job applied none",
    "1700000000002 bare pending none",
  ]);
  deepEqual(sqlOf(reading), {
    up: "CREATE TABLE users ();",
    down: "DROP TABLE users;",
  });
  deepEqual(sqlOf(reading, 1), {});
  deepEqual(sqlOf(reading, 2), { up: "SELECT 1;" });
});

Deno.test("nodePgMigrate.read() takes the way back first, too", () => {
  const reading = readTool(nodePgMigrate, {
    files: {
      "1_a.sql":
        "--- down migration ---\nSELECT -1;\n--- up migration ---\nSELECT 1;\n",
    },
  });

  deepEqual(sqlOf(reading), { up: "SELECT 1;", down: "SELECT -1;" });
});
