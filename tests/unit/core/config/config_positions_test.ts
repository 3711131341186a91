import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import {
  findKeyPositions,
  pathOf,
  positionAt,
} from "../../../../src/core/config/config_positions.ts";

const TOML = `\ufeff# a = 1
table = "x = 1 # no comment"   # b = 2
dotted . "quoted key" = 'c:\\'
"esc\\"aped" = """
fake = 1
"""""
'literal' = '''
fake = 2
''''

  [ env . production ]
list = [ # comment ]
  "]", 'fake = 3', { inner = 4 }, [1, 2],
]
inline = { one = 1, two.three = "}", four = { five = 5 } } # end
date = 1979-05-27 07:32:00
ü_no = "x"
[[array]]
name = true
[[array]]
name = false
`.replace("ü_no", "last");

function positions(toml: string): Record<string, string> {
  const found = [...findKeyPositions(toml)];
  return Object.fromEntries(
    found.map(([path, { line, column }]) => [
      JSON.parse(path).join("/"),
      `${line}:${column}`,
    ]),
  );
}

Deno.test("findKeyPositions() finds keys in every form of TOML", () => {
  parse(TOML);

  deepEqual(positions(TOML), {
    "table": "2:1",
    "dotted": "3:1",
    "dotted/quoted key": "3:10",
    'esc"aped': "4:1",
    "literal": "7:1",
    "env": "11:5",
    "env/production": "11:11",
    "env/production/list": "12:1",
    "env/production/list/inner": "13:22",
    "env/production/inline": "15:1",
    "env/production/inline/one": "15:12",
    "env/production/inline/two": "15:21",
    "env/production/inline/two/three": "15:25",
    "env/production/inline/four": "15:38",
    "env/production/inline/four/five": "15:47",
    "env/production/date": "16:1",
    "env/production/last": "17:1",
    "array": "18:3",
    "array/name": "19:1",
  });
});

Deno.test("findKeyPositions() counts lines that end in CR LF", () => {
  deepEqual(positions(TOML.replaceAll("\n", "\r\n")), positions(TOML));
});

Deno.test("findKeyPositions() counts columns in code points", () => {
  equal(positions('a = { "😀" = 1, b = 2 }')["a/b"], "1:16");
});

Deno.test("findKeyPositions() ends on anything, correct or not", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{}"'a=.,#\\ \n]{0,60}$/), (text) => {
      findKeyPositions(text);
    }),
    { numRuns: 2000 },
  );
});

const TEXT = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.stringMatching(/^["'\\\n#=[\]{},]{0,8}$/),
).filter((text) => text.isWellFormed());
const { document } = fc.letrec<{ document: object; value: unknown }>(
  (tie) => ({
    document: fc.dictionary(TEXT, tie("value"), { maxKeys: 4 }),
    value: fc.oneof(
      { depthSize: "small" },
      TEXT,
      fc.integer(),
      fc.boolean(),
      fc.array(TEXT, { maxLength: 3 }),
      tie("document"),
    ),
  }),
);

Deno.test("findKeyPositions() finds every key of a document that was written by another", () => {
  fc.assert(
    fc.property(document, (given) => {
      const toml = stringify(given);
      const found = findKeyPositions(toml);
      const read = pathsOf(parse(toml), []);

      deepEqual(
        read.filter((path) => !isEscaped(path) && !found.has(pathOf(path))),
        [],
      );
    }),
    { numRuns: 500 },
  );
});

function pathsOf(
  table: Readonly<Record<string, unknown>>,
  before: readonly string[],
): readonly (readonly string[])[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const path = [...before, key];
    const isTable = typeof value === "object" && value !== null &&
      !Array.isArray(value);
    return isTable ? [path, ...pathsOf({ ...value }, path)] : [path];
  });
}

/** Written with an escape that JSON does not have. */
function isEscaped(path: readonly string[]): boolean {
  return path.some((key) => /\p{C}/u.test(key));
}

Deno.test("positionAt() counts from 1", () => {
  deepEqual(positionAt("a\nüb", 3), { line: 2, column: 2 });
});
