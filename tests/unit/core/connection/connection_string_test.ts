import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConnectionString } from "../../../../src/core/connection/connection_string.ts";
import { ConfigError } from "../../../../src/errors.ts";

/** Text in, parameters out, for both forms of a connection string. */
const CASES: Readonly<Record<string, Record<string, string>>> = {
  "host=h dbname=d": { host: "h", dbname: "d" },
  "host = h\n  dbname\t=  d ": { host: "h", dbname: "d" },
  "password='two words'": { password: "two words" },
  "password='it\\'s \\\\'": { password: "it's \\" },
  "password=a\\ b\\'c user=u": { password: "a b'c", user: "u" },
  "password='' host=h": { password: "", host: "h" },
  "password=a'b": { password: "a'b" },
  "password=a\\": { password: "a" },
  "": {},
  "postgres://": {},
  "postgresql:///db": { dbname: "db" },
  "POSTGRES://h": { host: "h" },
  "postgres://h\n": { host: "h" },
  "postgres://u@h": { user: "u", host: "h" },
  "postgres://u:p@h:5433/d": {
    user: "u",
    password: "p",
    host: "h",
    port: "5433",
    dbname: "d",
  },
  "postgres://u:p%40%2F%25%3A@h/d%20b": {
    user: "u",
    password: "p@/%:",
    host: "h",
    dbname: "d b",
  },
  "postgres://u%3Ax:p@h": { user: "u:x", password: "p", host: "h" },
  "postgres://%2Fvar%2Frun:5433/d": {
    host: "/var/run",
    port: "5433",
    dbname: "d",
  },
  "postgres:///d?host=/tmp&port=5433&user=u": {
    dbname: "d",
    host: "/tmp",
    port: "5433",
    user: "u",
  },
  "postgres://[::1]:5433/d": { host: "::1", port: "5433", dbname: "d" },
  "postgres://[::1],h2": { host: "::1,h2" },
  "postgres://h1:1,h2,h3:3/d": { host: "h1,h2,h3", port: "1,,3", dbname: "d" },
  "postgres://h?ssl=true": { host: "h", sslmode: "require" },
  "postgres://h?password=a%26b+c": { host: "h", password: "a&b+c" },
  "postgres://h?user=a@b": { host: "h", user: "a@b" },
  "postgres://h/d?user=a@b": { host: "h", dbname: "d", user: "a@b" },
};

for (const [text, expected] of Object.entries(CASES)) {
  Deno.test(`parseConnectionString() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(Object.fromEntries(parseConnectionString(text)), expected);
  });
}

/** Passwords that should be encoded and are not, in `u:…@h:5432/d`. */
const BARE_PASSWORDS = [
  "p@ss",
  "p@@",
  "p:ss",
  "p/ss",
  "p/s/s",
  "p?ss",
  "p#ss",
  "p ss",
  "a/b?c#d",
  "p&=x",
  "[x]",
  "1/2?3",
];

for (const password of BARE_PASSWORDS) {
  Deno.test(`parseConnectionString() takes the bare password ${password}`, () => {
    const url = `postgres://u:${password}@h:5432/d?sslmode=require`;

    const values = parseConnectionString(url);

    assert.equal(values.get("password"), password);
    assert.equal(values.get("host"), "h");
    assert.equal(values.get("sslmode"), "require");
  });
}

Deno.test("parseConnectionString() takes any encoded user and password", () => {
  const text = fc.string({ unit: "binary", minLength: 1 })
    .filter((value) => !value.includes("\0"));
  fc.assert(fc.property(text, text, (user, password) => {
    const url = `postgres://${encodeURIComponent(user)}:` +
      `${encodeURIComponent(password)}@h:5432/d`;

    const values = parseConnectionString(url);

    assert.equal(values.get("user"), user);
    assert.equal(values.get("password"), password);
    assert.equal(values.get("host"), "h");
  }));
});

Deno.test("parseConnectionString() takes any quoted password", () => {
  const hard = fc.constantFrom("\\", "'", " ", "=", "a", "é");
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: hard }),
  );
  fc.assert(fc.property(text, (password) => {
    const quoted = `'${password.replace(/[\\']/g, "\\$&")}'`;

    const values = parseConnectionString(`password=${quoted} host=h`);

    assert.equal(values.get("password"), password);
    assert.equal(values.get("host"), "h");
  }));
});

/** Text in, a part of the error message out. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "mysql://u:Secret1@h/d": /not one of PostgreSQL/,
  "jdbc:postgresql://h/d": /not one of PostgreSQL/,
  "just a Secret1": /not "parameter=value"/,
  "host=h password=my Secret1": /not "parameter=value"/,
  "host=h password=my Secret1=x": /not "parameter=value"/,
  "host=h password='Secret1": /a quoted value has no end/,
  "host=h colour=red": /unknown parameter "colour"/,
  "postgres://u:Secret1%@h/d": /password is not percent-encoded/,
  "postgres://u:Secret1%00@h/d": /password is not percent-encoded/,
  "postgres://u:Secret1%ff@h/d": /password is not percent-encoded/,
  "postgres://u:Secret1@h:port/d": /no valid host and port/,
  "postgres://u:Secret1@h@/d@x": /not clear which "@"/,
  "postgres://u:Sec@ret1/d@h/d": /not clear which "@"/,
  "postgres://h?password=a&Secret1=b": /unknown parameter follows/,
  "postgres://h/d?sslmod=require": /unknown parameter "sslmod"/,
  "postgres://h/d?sslmode": /query parameter has no value/,
  "postgres://h/d?sslmode=full": /"sslmode" has an unsupported value/,
  "postgres://h/d?sslcrl=/x": /"sslcrl" .* revocation lists/,
  "postgres://h/d?gssencmode=require": /"gssencmode" has an unsupported/,
};

for (const [text, message] of Object.entries(REFUSED)) {
  Deno.test(`parseConnectionString() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseConnectionString(text), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.hint}`, /ecret1/);
      assert.ok(error.hint);
      return true;
    });
  });
}

Deno.test("parseConnectionString() never repeats a password", () => {
  const secret = fc.string({ unit: "binary" }).map((text) => `Xq7${text}Zk9`);
  const shape = fc.constantFrom(
    (text: string) => `postgres://u:${text}@h/d`,
    (text: string) => `postgres://u:${text}@h/d?nosuch=1`,
    (text: string) => `postgres://u:${text}@h:x/d`,
    (text: string) => `host=h password=${text}`,
    (text: string) => `host=h password='${text}' nosuch=1`,
  );
  fc.assert(fc.property(secret, shape, (text, write) => {
    const said = messageOf(() => parseConnectionString(write(text)));

    assert.doesNotMatch(said, /Xq7|Zk9/);
  }));
});

function messageOf(parse: () => unknown): string {
  try {
    parse();
    return "";
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return `${error.message} ${error.hint}`;
  }
}

Deno.test("parseConnectionString() suggests the parameter that was meant", () => {
  assert.throws(
    () => parseConnectionString("postgres://h?sslrootcrt=x"),
    { hint: 'did you mean "sslrootcert"?' },
  );
});
