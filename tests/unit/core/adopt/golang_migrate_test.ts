import { deepEqual, match } from "node:assert/strict";
import { golangMigrate } from "../../../../src/core/adopt/golang_migrate.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const FILES = {
  "000001_users.up.sql": "CREATE TABLE users ();\n",
  "000001_users.down.sql": "DROP TABLE users;\n",
  "000002_more.up.sql": "CREATE TABLE more ();\n",
  "000010_last.up.sql": "CREATE TABLE last ();\n",
};

Deno.test("golangMigrate.read() takes all up to the present version for applied", () => {
  const reading = readTool(golangMigrate, {
    files: FILES,
    history: [{ version: "2", dirty: "false" }],
  });

  deepEqual(outline(reading), [
    "000001 users applied none",
    "000002 more applied none",
    "000010 last pending none",
  ]);
  deepEqual(sqlOf(reading), {
    up: "CREATE TABLE users ();",
    down: "DROP TABLE users;",
  });
});

Deno.test("golangMigrate.read() takes nothing for applied without a row", () => {
  const reading = readTool(golangMigrate, { files: FILES });

  deepEqual(outline(reading).map((line) => line.split(" ")[2]), [
    "pending",
    "pending",
    "pending",
  ]);
});

Deno.test("golangMigrate.read() stops at a dirty version", () => {
  const reading = readTool(golangMigrate, {
    files: FILES,
    history: [{ version: "2", dirty: "true" }],
  });

  deepEqual(codes(reading), ["unfinished_history"]);
  match(reading.findings[0]?.hint ?? "", /migrate force/);
});

Deno.test("golangMigrate.read() keeps a present version without a file", () => {
  const reading = readTool(golangMigrate, {
    files: FILES,
    history: [{ version: "5", dirty: "false" }],
  });

  deepEqual(outline(reading)[0], "5 golang_migrate applied none absent");
});

Deno.test("golangMigrate.read() takes what is no SQL for a program", () => {
  const reading = readTool(golangMigrate, {
    files: { "1_a.up.json": "{}", "1_a.down.json": "{}" },
  });

  deepEqual(sqlOf(reading), {});
  deepEqual(outline(reading), ["1 a pending none"]);
});
