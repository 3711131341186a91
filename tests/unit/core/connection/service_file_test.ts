import assert from "node:assert/strict";
import { findService } from "../../../../src/core/connection/service_file.ts";
import { ConfigError } from "../../../../src/errors.ts";

const TEXT = `
# services
[one]
host=db1
port=5433

[two]
  host=db2
dbname=a=b
host=late
`;

function find(
  service: string,
  text = TEXT,
): Record<string, string> | undefined {
  const values = findService(text, { service, path: "pg_service.conf" });
  return values && Object.fromEntries(values);
}

Deno.test("findService() reads the lines of its section only", () => {
  assert.deepEqual(find("one"), { host: "db1", port: "5433" });
});

Deno.test("findService() keeps the first value and all after the first =", () => {
  assert.deepEqual(find("two"), { host: "db2", dbname: "a=b" });
});

Deno.test("findService() finds nothing under an unknown name", () => {
  assert.equal(find("three"), undefined);
});

Deno.test("findService() names the line of an unknown parameter", () => {
  assert.throws(() => find("x", "[x]\nhost=h\ncolor=red"), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /line 3 of "pg_service.conf".*"color"/);
    return true;
  });
});

for (const line of ["ldap://x/y", "no equals", "service=other"]) {
  Deno.test(`findService() refuses the line ${line}`, () => {
    assert.throws(() => find("x", `[x]\n${line}`), ConfigError);
  });
}
