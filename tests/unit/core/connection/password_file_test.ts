import assert from "node:assert/strict";
import fc from "fast-check";
import { findPassword } from "../../../../src/core/connection/password_file.ts";

const KEY = { host: "db1", port: 5432, database: "shop", user: "ann" };

/** Lines of a password file, and what they say for {@linkcode KEY}. */
const CASES: readonly (readonly [string, string | undefined])[] = [
  ["db1:5432:shop:ann:secret", "secret"],
  ["*:*:*:*:secret", "secret"],
  ["db2:5432:shop:ann:no\ndb1:*:shop:ann:yes", "yes"],
  ["db1:5432:shop:ann:first\n*:*:*:*:second", "first"],
  ["# db1:5432:shop:ann:no\ndb1:5432:shop:ann:yes", "yes"],
  ["db1:5432:shop:ann:a\\:b\\\\c:d", "a:b\\c:d"],
  ["d\\b1:5432:sh\\op:ann:escaped", "escaped"],
  ["db1:5432:shop:ann:secret\r\n", "secret"],
  ["db1:5432:shop:ann: spaces ", " spaces "],
  ["db1:5432:shop:ann:", undefined],
  ["db1:5432:shop:ann", undefined],
  ["db*:5432:shop:ann:no", undefined],
  ["DB1:5432:shop:ann:no", undefined],
  ["db1:05432:shop:ann:no", undefined],
  ["localhost:5432:shop:ann:no", undefined],
  ["", undefined],
];

for (const [text, expected] of CASES) {
  Deno.test(`findPassword() reads ${JSON.stringify(text)}`, () => {
    assert.equal(findPassword(text, KEY), expected);
  });
}

for (const host of ["", "/var/run/postgresql", "/tmp"]) {
  Deno.test(`findPassword() calls the default socket "${host}" localhost`, () => {
    const text = "localhost:*:*:*:secret";

    assert.equal(findPassword(text, { ...KEY, host }), "secret");
  });
}

Deno.test("findPassword() calls any other socket by its directory", () => {
  const text = "localhost:*:*:*:no\n/run/pg:*:*:*:yes";

  assert.equal(findPassword(text, { ...KEY, host: "/run/pg" }), "yes");
});

Deno.test("findPassword() reads back any escaped line", () => {
  const field = fc.string({ unit: "binary", minLength: 1 })
    .filter((text) => !/[\r\n\u2028\u2029]/.test(text) && text !== "*");
  fc.assert(fc.property(field, field, field, (host, user, password) => {
    fc.pre(!host.startsWith("#") && !host.startsWith("/"));
    const escape = (text: string) => text.replace(/[\\:]/g, "\\$&");
    const text = `${escape(host)}:5432:shop:${escape(user)}:${
      escape(password)
    }`;

    assert.equal(findPassword(text, { ...KEY, host, user }), password);
  }));
});
