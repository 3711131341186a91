import assert from "node:assert/strict";
import { describeTarget } from "../../../../src/io/postgres/connection_target.ts";

const TARGET = { host: "db1", port: 5432, database: "shop", user: "ann" };

Deno.test("describeTarget() names database, host and port", () => {
  assert.equal(describeTarget(TARGET), 'database "shop" on db1:5432');
});

Deno.test("describeTarget() puts brackets around an address with colons", () => {
  const target = { ...TARGET, host: "::1" };

  assert.equal(describeTarget(target), 'database "shop" on [::1]:5432');
});

Deno.test("describeTarget() names the file of a socket", () => {
  const target = { ...TARGET, host: "/run/pg" };

  assert.equal(
    describeTarget(target),
    'database "shop" on socket /run/pg/.s.PGSQL.5432',
  );
});

Deno.test("describeTarget() escapes what could forge a line", () => {
  const target = { ...TARGET, database: "a\nb" };

  assert.equal(describeTarget(target), 'database "a\\nb" on db1:5432');
});
