import { equal } from "node:assert/strict";
import { maskSecrets } from "../../../../src/core/config/mask.ts";

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
