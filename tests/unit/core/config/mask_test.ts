import { equal } from "node:assert/strict";
import { maskSecrets, maskValues } from "../../../../src/core/config/mask.ts";

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
  ["at file:///a/@scope/b.ts:1:2", "at file:///a/@scope/b.ts:1:2"],
  ["CREATE TABLE passwords (id int)", "CREATE TABLE passwords (id int)"],
];

for (const [text, expected] of CASES) {
  Deno.test(`maskSecrets() keeps what is no secret of ${text}`, () => {
    equal(maskSecrets(text), expected);
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
  ["two\nlines", "x\ntwo\nlines", "x\n***"],
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
