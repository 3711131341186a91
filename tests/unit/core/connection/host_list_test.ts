import assert from "node:assert/strict";
import { parseHostList } from "../../../../src/core/connection/host_list.ts";
import { ConfigError } from "../../../../src/errors.ts";

function hosts(values: Record<string, string>): string[] {
  return parseHostList(new Map(Object.entries(values)))
    .map(({ host, address, port }) => `${host}|${address ?? ""}|${port}`);
}

Deno.test("parseHostList() falls back to the default host and port", () => {
  assert.deepEqual(hosts({}), ["||5432"]);
});

Deno.test("parseHostList() gives one port to all hosts", () => {
  assert.deepEqual(hosts({ host: "a,b", port: "1" }), ["a||1", "b||1"]);
});

Deno.test("parseHostList() gives each host its port", () => {
  assert.deepEqual(hosts({ host: "a,b", port: "1," }), ["a||1", "b||5432"]);
});

Deno.test("parseHostList() pairs names with addresses", () => {
  assert.deepEqual(
    hosts({ host: "a,b", hostaddr: "10.0.0.1,10.0.0.2" }),
    ["a|10.0.0.1|5432", "b|10.0.0.2|5432"],
  );
});

Deno.test("parseHostList() uses an address without a name", () => {
  assert.deepEqual(hosts({ hostaddr: "10.0.0.1" }), ["10.0.0.1|10.0.0.1|5432"]);
});

Deno.test("parseHostList() refuses ports that match no hosts", () => {
  assert.throws(() => hosts({ host: "a,b,c", port: "1,2" }), ConfigError);
});

Deno.test("parseHostList() refuses addresses that match no hosts", () => {
  assert.throws(
    () => hosts({ host: "a,b", hostaddr: "10.0.0.1" }),
    ConfigError,
  );
});

for (const port of ["0", "65536", "-1", "5432x", "0x10", "1e3"]) {
  Deno.test(`parseHostList() refuses the port ${port}`, () => {
    assert.throws(() => hosts({ port }), ConfigError);
  });
}
