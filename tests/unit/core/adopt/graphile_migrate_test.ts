import { deepEqual, equal } from "node:assert/strict";
import {
  graphileMigrate,
  parseCommitted,
} from "../../../../src/core/adopt/graphile_migrate.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const SOME_HASH = "sha1:0123456789abcdef0123456789abcdef01234567";
const BODY = "CREATE TABLE users (id int);\n";

function committed(header: string, body: string): string {
  return `--! Previous: -\n--! Hash: ${header}\n\n${body}`;
}

function hashOf(body: string): string {
  return parseCommitted(committed("x", body))?.actualHash ?? "";
}

Deno.test("parseCommitted() reads header, hash and body", () => {
  const file = parseCommitted(
    committed(SOME_HASH, `--! no-transaction\n${BODY}`),
  );

  equal(file?.hash, SOME_HASH);
  equal(file?.transaction, "off");
  equal(file?.sql, BODY);
});

Deno.test("parseCommitted() reads no file without a header", () => {
  equal(parseCommitted(BODY), undefined);
});

Deno.test("graphileMigrate.read() compares the hash of row, header and body", () => {
  const hash = hashOf(BODY);
  const row = (filename: string, stored: string) => ({
    filename,
    hash: stored,
    date: "2024-01-31T10:00:00+00:00",
  });
  const reading = readTool(graphileMigrate, {
    files: {
      "committed/000001-users.sql": committed(hash, BODY),
      "committed/000002.sql": committed(hash, "SELECT 2;\n"),
      "committed/000003.sql": committed(
        "x",
        "GRANT ALL ON DATABASE :DATABASE_NAME TO app;\n",
      ),
      "current.sql": "-- Enter migration here\n",
      "fixtures/x.sql": "SELECT 1;",
    },
    history: [row("000001-users.sql", hash), row("000002.sql", hash)],
  });

  deepEqual(outline(reading), [
    "000001 users applied same",
    "000002 migration applied changed",
    "000003 migration pending none",
  ]);
  deepEqual(codes(reading), []);
  equal(sqlOf(reading).up, BODY.trim());
  equal(
    reading.migrations[2]?.untranslated,
    'it has the placeholder ":DATABASE_NAME"',
  );
});

Deno.test("graphileMigrate.read() stops at a current migration with SQL", () => {
  const reading = readTool(graphileMigrate, {
    files: { "current/1-current.sql": "SELECT 1;\n" },
  });

  deepEqual(codes(reading), ["not_adoptable"]);
});
