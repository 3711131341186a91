import assert from "node:assert/strict";
import { refusePsqlCommand } from "../../../../src/core/sql/psql_command.ts";

function refuse(text: string) {
  return refusePsqlCommand(
    { kind: "psql_command", text, line: 7, column: 3 },
    "003_a.sql",
  );
}

for (const text of ["\\restrict aBc", "\\unrestrict aBc"]) {
  Deno.test(`refusePsqlCommand() accepts ${text}`, () => {
    assert.equal(refuse(text), undefined);
  });
}

Deno.test("refusePsqlCommand() says which command on which line", () => {
  const error = refuse("\\connect other");

  assert.equal(error?.code, "psql_command");
  assert.equal(
    error?.message,
    'Cannot run "\\connect" on line 7 as it is a command of psql, not SQL',
  );
  assert.deepEqual(error?.location, {
    path: "003_a.sql",
    line: 7,
    column: 3,
    excerpt: "  \\connect other",
  });
});

const HINTS = {
  "\\copy t from 'x'": /COPY … FROM STDIN/,
  "\\i other.sql": /SQL of that file/,
  "\\!rm": /run the program/,
  "\\set x 1": /the value itself/,
  "\\gset": /DO block/,
  "\\.": /above the data/,
  "\\;": /without the backslash/,
  "\\restricted x": /remove the line/,
  "\\echo x": /remove the line/,
};

for (const [text, hint] of Object.entries(HINTS)) {
  Deno.test(`refusePsqlCommand() says what to do instead of ${text}`, () => {
    assert.match(refuse(text)?.hint ?? "", hint);
  });
}
