import assert from "node:assert/strict";
import {
  compareVersions,
  downFileName,
  isVersion,
  parseDownName,
  parseMigrationName,
  sameName,
  sameVersion,
  upFileName,
  versionKey,
} from "../../../src/core/migration_name.ts";
import { FileError } from "../../../src/errors.ts";

Deno.test("parseMigrationName() keeps version and name as written", () => {
  assert.deepEqual(parseMigrationName("003_add_indexes.sql"), {
    version: "003",
    name: "add_indexes",
  });
  assert.deepEqual(parseMigrationName("20250105120000_Größe-v1.2 $.sql"), {
    version: "20250105120000",
    name: "Größe-v1.2 $",
  });
});

Deno.test("parseMigrationName() takes up to 50 digits", () => {
  const digits = "9".repeat(50);

  assert.equal(parseMigrationName(`${digits}_a.sql`).version, digits);
  assert.throws(
    () => parseMigrationName(`${digits}9_a.sql`),
    isBadName(/more than 50 digits/),
  );
});

Deno.test("parseMigrationName() takes up to 255 characters, not units", () => {
  const name = "😀".repeat(255);

  assert.equal(parseMigrationName(`1_${name}.sql`).name, name);
  assert.throws(
    () => parseMigrationName(`1_${name}x.sql`),
    isBadName(/more than 255 characters/),
  );
});

for (
  const fileName of [
    "001.sql",
    "001_.sql",
    "001-add.sql",
    "add_users.sql",
    "v1_add.sql",
    "1.2_add.sql",
    " 001_add.sql",
    "001_add.SQL",
    "001_add.Sql",
    "٠٠١_add.sql",
    "001_add.up.sql",
    "001_add.down.sql",
    "001_a\nb.sql",
    "001_\x1b[2J.sql",
    "001_\ufffd.sql",
    "001_\ud800.sql",
  ]
) {
  Deno.test(`parseMigrationName() refuses ${JSON.stringify(fileName)}`, () => {
    assert.throws(() => parseMigrationName(fileName), isBadName(/^Cannot use/));
  });
}

Deno.test("parseMigrationName() says the form that it expects", () => {
  assert.throws(
    () => parseMigrationName("001.sql"),
    (error: FileError) => {
      assert.equal(
        error.message,
        'Cannot use "001.sql" as its name is not that of a migration',
      );
      assert.match(error.hint ?? "", /"NNN_name.sql" or "YYYYMMDDHHMMSS_name/);
      return true;
    },
  );
});

Deno.test("parseMigrationName() escapes what it shows", () => {
  assert.throws(
    () => parseMigrationName("x\n\x1b[31m.sql"),
    isBadName(/"x\\n\\x1b\[31m.sql"/),
  );
});

Deno.test("parseDownName() takes one _down off the name", () => {
  assert.deepEqual(parseDownName("7_slow_down_down.sql"), {
    version: "7",
    name: "slow_down",
  });
});

Deno.test("parseDownName() refuses the name of an up file", () => {
  assert.throws(
    () => parseDownName("001_add.sql"),
    isBadName(/not that of a rollback/),
  );
});

Deno.test("upFileName() and downFileName() undo the parsers", () => {
  assert.deepEqual(
    parseMigrationName(upFileName({ version: "1", name: "a" })),
    { version: "1", name: "a" },
  );
  assert.deepEqual(
    parseDownName(downFileName({ version: "1", name: "a" })),
    { version: "1", name: "a" },
  );
});

Deno.test("compareVersions() orders numbers of any length", () => {
  const versions = [
    "20250105120000",
    "10",
    "9".repeat(50),
    "0009",
    "2",
    "1" + "0".repeat(49),
  ];

  assert.deepEqual(versions.toSorted(compareVersions), [
    "2",
    "0009",
    "10",
    "20250105120000",
    "1" + "0".repeat(49),
    "9".repeat(50),
  ]);
});

Deno.test("compareVersions() leaves leading zeros out of account", () => {
  assert.equal(compareVersions("001", "1"), 0);
  assert.equal(compareVersions("000", "0"), 0);
  assert.ok(compareVersions("0010", "9") > 0);
  assert.ok(compareVersions("009", "10") < 0);
});

Deno.test("sameVersion() compares as numbers", () => {
  assert.ok(sameVersion("001", "1"));
  assert.ok(sameVersion("00", "0"));
  assert.ok(!sameVersion("10", "1"));
});

Deno.test("versionKey() keeps a last zero", () => {
  assert.equal(versionKey("000"), "0");
  assert.equal(versionKey("0100"), "100");
});

Deno.test("isVersion() wants ASCII digits only", () => {
  assert.ok(isVersion("001"));
  assert.ok(!isVersion("001_initial"));
  assert.ok(!isVersion("١"));
  assert.ok(!isVersion(""));
});

Deno.test("sameName() knows accents in either form", () => {
  assert.ok(sameName("caf\u00e9", "cafe\u0301"));
  assert.ok(!sameName("cafe", "caf\u00e9"));
});

function isBadName(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FileError);
    assert.equal(error.code, "bad_name");
    assert.match(error.message, message);
    assert.ok(error.hint);
    return true;
  };
}
