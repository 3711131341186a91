import { equal } from "node:assert/strict";
import {
  maskSecrets,
  maskValue,
  maskValues,
} from "../../../../src/core/config/mask.ts";

const CASES: readonly (readonly [string, string])[] = [
  ["postgres://u:hunter2@h:5432/db?x=1 rest", "postgres://*** rest"],
  ["at postgresql://u:hunt@er2@h", "at postgresql://***"],
  ['"POSTGRES://hunter2"', '"POSTGRES://***"'],
  ["https://u:hunter2@h/x", "https://***@h/x"],
  ["host=h password=hunter2 user=u", "host=h password=*** user=u"],
  ["password = 'hunt''er 2' user=u", "password = *** user=u"],
  ["password='hunt\\'er 2' x", "password=*** x"],
  ["sslpassword=hunter2", "sslpassword=***"],
  ["PGPASSWORD=hunter2", "PGPASSWORD=***"],
  ["postgres:/u:hunter2@h", "postgres://***"],
  [
    "write postgres://user:password@host:port/database, with",
    "write postgres://user:password@host:port/database, with",
  ],
  ["at file:///a/@scope/b.ts:1:2", "at file:///a/@scope/b.ts:1:2"],
  ["CREATE TABLE passwords (id int)", "CREATE TABLE passwords (id int)"],
];

for (const [text, expected] of CASES) {
  Deno.test(`maskSecrets() keeps what is no secret of ${text}`, () => {
    equal(maskSecrets(text), expected);
  });
}

const TYPED: readonly (readonly [string, string])[] = [
  [`postgres://u:a'b"c d@h/d`, "postgres://***"],
  [`host=h password=a'b"c d user=u`, "host=h password=***"],
  ["5 minutes", "5 minutes"],
];

for (const [value, expected] of TYPED) {
  Deno.test(`maskValue() masks to its end what was typed as ${value}`, () => {
    equal(maskValue(value), expected);
  });
}

const LONG = "0123456789abcdefghijklmnop";

const VALUE_CASES: readonly (readonly [string, string, string])[] = [
  ["abcd", "x abcd, xabcdx", "x ***, x***x"],
  ["abcd", "abcdabcd", "******"],
  ["aaaa", "aaaaaa", "***"],
  ["Hunter2", 'column "hunter2" and HUNTER2', 'column "***" and ***'],
  ["it's\\x", "'it''s\\x' E'it''s\\\\x'", "'***' E'***'"],
  ['a"bc', '"a""bc"', '"***"'],
  ['a"b\\c', '{"a\\"b\\\\c"}', '{"***"}'],
  ['a"b\\c', '("a""b\\\\c")', '("***")'],
  ['a"b\nc', '{"k": "a\\"b\\nc"}', '{"k": "***"}'],
  ["two\nlines", "x\ntwo\nlines", "x\n***"],
  ["abcdefgh", "(1, xxabcd...)", "(1, xx***...)"],
  ["abcdefgh", "data ...efgh) and abcd", "data ...***) and abcd"],
  ["abcdefgh", "(abc...)", "(abc...)"],
  [
    "abc defg",
    'at or near "defg", Token "defg"',
    'at or near "***", Token "***"',
  ],
  ["abc defg", 'at or near "abc", "defg"', 'at or near "abc", "defg"'],
  [LONG, `begins ${LONG.slice(0, 16)}...`, "begins ***..."],
  [LONG, `a ${LONG}${LONG} b`, "a ****** b"],
  [LONG, `ends ${LONG.slice(5)}`, "ends ***"],
  [LONG, `short ${LONG.slice(0, 15)}`, `short ${LONG.slice(0, 15)}`],
  ["secret", "ſecret sécret", "ſecret sécret"],
];

for (const [secret, text, expected] of VALUE_CASES) {
  Deno.test(`maskValues() masks ${secret} in ${JSON.stringify(text)}`, () => {
    equal(maskValues(text, [secret]), expected);
  });
}

Deno.test("maskValues() masks secrets that overlap once", () => {
  equal(maskValues("abcdefgh", ["abcdef", "cdefgh"]), "***");
});

Deno.test("maskValues() gives back a text without secrets", () => {
  equal(maskValues("nothing here", ["secret"]), "nothing here");
});
