import assert from "node:assert/strict";
import { createCommandCheck } from "../../../../src/core/sql/psql_command.ts";
import { FileError } from "../../../../src/errors.ts";

/** The error for the first of the lines that cannot be obeyed. */
function refuse(...lines: readonly string[]): FileError | undefined {
  const check = createCommandCheck("003_a.sql");
  try {
    for (const [index, text] of lines.entries()) {
      check.take({ kind: "psql_command", text, line: 7 + index, column: 3 });
    }
  } catch (error) {
    assert.ok(error instanceof FileError);
    return error;
  }
  return undefined;
}

const OBEYED = {
  "a pair": ["\\restrict aBc", "\\unrestrict aBc"],
  "pairs": ["\\restrict a", "\\unrestrict a", "\\restrict b", "\\unrestrict b"],
  "one that stays open": ["\\restrict aBc"],
};

for (const [name, lines] of Object.entries(OBEYED)) {
  Deno.test(`createCommandCheck() takes \\restrict: ${name}`, () => {
    assert.equal(refuse(...lines), undefined);
  });
}

Deno.test("createCommandCheck() warns of a dump that was cut off", () => {
  const check = createCommandCheck("003_a.sql");
  const before = check.end();
  check.take({
    kind: "psql_command",
    text: "\\restrict aBc",
    line: 5,
    column: 1,
  });
  const open = check.end();
  check.take({
    kind: "psql_command",
    text: "\\unrestrict aBc",
    line: 9,
    column: 1,
  });

  assert.deepEqual([before, check.end()], [[], []]);
  assert.deepEqual(
    open.map(({ severity, code, message, location }) => ({
      severity,
      code,
      message,
      line: location?.line,
    })),
    [{
      severity: "warning",
      code: "unclosed_restrict",
      message: '"003_a.sql" seems to be cut off: it has no "\\unrestrict" ' +
        'for the "\\restrict" on line 5',
      line: 5,
    }],
  );
});

const RESTRICTED: Readonly<Record<string, readonly string[]>> = {
  'Cannot run "\\restrict" on line 7 as it has no key': ["\\restrict"],
  'Cannot run "\\unrestrict" on line 7 as it has no key': ["\\unrestrict"],
  'Cannot run "\\unrestrict" on line 7 as there is no "\\restrict" before it': [
    "\\unrestrict a",
  ],
  'Cannot run "\\unrestrict" on line 8 as its key is not that of the "\\restrict" on line 7':
    ["\\restrict a", "\\unrestrict A"],
  'Cannot run "\\!" on line 8 as the "\\restrict" on line 7 forbids commands of psql':
    ["\\restrict a", "\\! date"],
  'Cannot run "\\restrict" on line 8 as the "\\restrict" on line 7 forbids commands of psql':
    ["\\restrict a", "\\restrict a"],
  'Cannot run "\\connect" on line 9 as it is a command of psql, not SQL': [
    "\\restrict a",
    "\\unrestrict a",
    "\\connect b",
  ],
};

for (const [message, lines] of Object.entries(RESTRICTED)) {
  Deno.test(`createCommandCheck() says ${message}`, () => {
    assert.equal(refuse(...lines)?.message, message);
  });
}

Deno.test("createCommandCheck() says which command on which line", () => {
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
  "\\connect other": /without --create \(-C\)/,
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
  Deno.test(`createCommandCheck() says what to do instead of ${text}`, () => {
    assert.match(refuse(text)?.hint ?? "", hint);
  });
}
