import { equal } from "node:assert/strict";
import { siblingUrl } from "../../../../src/core/connection/sibling_url.ts";

const HERE = { host: "db2", port: 5433, user: "app", database: "other" };

Deno.test("siblingUrl() names the database on the host that answered", () => {
  equal(
    siblingUrl(
      "postgres://app:pw@db1,db2:5433/shop?target_session_attrs=read-write" +
        "&sslmode=require",
      HERE,
    ),
    "postgres://app:pw@db2:5433/other?sslmode=require",
  );
});

Deno.test("siblingUrl() does without a connection string", () => {
  equal(siblingUrl(undefined, HERE), "postgres://app@db2:5433/other");
});

Deno.test("siblingUrl() has the folder of sockets in its query", () => {
  equal(
    siblingUrl("dbname=shop", { ...HERE, host: "/run/pg" }),
    "postgres:///other?host=%2Frun%2Fpg&port=5433&user=app",
  );
});
