import { equal, throws } from "node:assert/strict";
import {
  commentOf,
  folderIn,
  kindOfTestDatabase,
  requireTestDatabase,
  testDatabaseName,
} from "../../../../src/core/testing/test_database_name.ts";

const TEST = "lockstep_test_0123456789abcdef_0123456789ab";
const TEMPLATE = "lockstep_template_0123456789abcdef";

Deno.test("testDatabaseName() makes a name that is known again", () => {
  const name = testDatabaseName(
    TEMPLATE,
    "01234567-89ab-4cde-8f01-23456789abcd",
  );

  equal(name, TEST);
  equal(kindOfTestDatabase(name), "test");
});

Deno.test("kindOfTestDatabase() knows no names that only begin so", () => {
  equal(kindOfTestDatabase(TEMPLATE), "template");
  equal(kindOfTestDatabase("lockstep_test_mine"), undefined);
  equal(kindOfTestDatabase(`${TEST}_mine`), undefined);
  equal(kindOfTestDatabase(`my_${TEST}`), undefined);
});

Deno.test("folderIn() finds what commentOf() says, and nothing else", () => {
  equal(folderIn("test", commentOf("test", "/a b")), "/a b");
  equal(folderIn("template", commentOf("test", "/a b")), undefined);
  equal(folderIn("test", "mine"), undefined);
  equal(folderIn("test", undefined), undefined);
});

Deno.test("requireTestDatabase() takes a name or a URL", () => {
  equal(requireTestDatabase(TEST), TEST);
  equal(
    requireTestDatabase(`postgres://a:b@db:5432/${TEST}?sslmode=disable`),
    TEST,
  );
});

for (
  const text of ["app", "postgres://a:secret@db/app", "postgres://[", ""]
) {
  Deno.test(`requireTestDatabase() refuses "${text}"`, () => {
    throws(() => requireTestDatabase(text), {
      code: "invalid_argument",
      message: /^Cannot drop "(?!.*secret).*" as that is no database/,
    });
  });
}
