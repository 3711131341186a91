import { deepEqual, equal } from "node:assert/strict";
import { dbmate, splitDbmate } from "../../../../src/core/adopt/dbmate.ts";
import { codes, outline, readTool, sqlOf } from "./reading.ts";

const USERS = `-- migrate:up
CREATE TABLE users (id int);

-- migrate:down
DROP TABLE users;
`;

Deno.test("dbmate.read() puts the two ways apart and knows what is applied", () => {
  const reading = readTool(dbmate, {
    files: {
      "20240102120000_more.sql": "-- migrate:up\nSELECT 1;\n",
      "20240101120000_users.sql": USERS,
      "README.md": "",
      "sub/20240103120000_x.sql": USERS,
    },
    history: [{ version: "20240101120000" }],
  });

  deepEqual(outline(reading), [
    "20240101120000 users applied none",
    "20240102120000 more pending none",
  ]);
  deepEqual(sqlOf(reading), {
    up: "CREATE TABLE users (id int);",
    down: "DROP TABLE users;",
  });
  deepEqual(codes(reading), []);
});

Deno.test("dbmate.read() lists versions without a file first", () => {
  const reading = readTool(dbmate, {
    files: { "2_b.sql": USERS },
    history: [{ version: "1" }, { version: "2" }],
  });

  deepEqual(outline(reading), [
    "1 dbmate applied none absent",
    "2 b applied none",
  ]);
});

Deno.test("dbmate.read() says of two files with one row that either may be applied", () => {
  const reading = readTool(dbmate, {
    files: { "1_a.sql": USERS, "1_b.sql": USERS },
    history: [{ version: "1" }],
  });

  deepEqual(codes(reading), ["ambiguous_version"]);
});

Deno.test("dbmate.read() refuses a file without a way forward, and what is no text", () => {
  const reading = readTool(dbmate, {
    files: {
      "1_a.sql": "CREATE TABLE a ();",
      "2_b.sql": Uint8Array.of(0xff, 0xfe),
      "3_c.sql": "CREATE TABLE c ();\n-- migrate:up\nSELECT 1;\n",
    },
  });

  deepEqual(codes(reading), [
    "not_adoptable",
    "invalid_encoding",
    "not_adoptable",
  ]);
});

Deno.test("splitDbmate() obeys transaction:false of each way", () => {
  const parts = splitDbmate(
    "-- migrate:up transaction:false\nVACUUM;\n-- migrate:down\nSELECT 1;\n",
  );

  equal(parts?.up.transaction, "off");
  equal(parts?.down?.transaction, undefined);
});

Deno.test("splitDbmate() takes comments alone for no way back", () => {
  const parts = splitDbmate(
    "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- nothing to do\n",
  );

  equal(parts?.down, undefined);
});

Deno.test("splitDbmate() reads files with CR LF", () => {
  const parts = splitDbmate(
    "-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n",
  );

  equal(parts?.up.sql.trim(), "SELECT 1;");
  equal(parts?.down?.sql.trim(), "SELECT 2;");
});
