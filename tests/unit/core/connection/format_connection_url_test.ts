import { deepEqual, equal } from "node:assert/strict";
import { formatConnectionUrl } from "../../../../src/core/connection/format_connection_url.ts";
import { parseConnectionString } from "../../../../src/core/connection/connection_string.ts";

const SAME = [
  "postgres://localhost:5432/app",
  "postgres://app@localhost/app?sslmode=require",
  "postgres://app:p%40%3A%2F%3F%23%25%27%22%5C%20@db.example.com:6543/a%20b",
] as const;

for (const url of SAME) {
  Deno.test(`formatConnectionUrl() writes ${url}`, () => {
    equal(formatConnectionUrl(parseConnectionString(url)), url);
  });
}

const OTHERS = [
  "host=/var/run/postgresql user=app password='it''s' dbname=app",
  "host=::1 port=5433 dbname=app",
  "host=a,b port=1,2 user='a b' dbname=app connect_timeout=3",
  "dbname=app",
  "user=app",
] as const;

for (const text of OTHERS) {
  Deno.test(`formatConnectionUrl() keeps all of ${text}`, () => {
    const values = parseConnectionString(text.replaceAll("''", "\\'"));

    const again = parseConnectionString(formatConnectionUrl(values));

    deepEqual(
      Object.fromEntries(again),
      Object.fromEntries(values),
    );
  });
}
