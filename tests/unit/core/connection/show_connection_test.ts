import { deepEqual, equal } from "node:assert/strict";
import { parseConnectionString } from "../../../../src/core/connection/connection_string.ts";
import { showConnection } from "../../../../src/core/connection/show_connection.ts";

const SHOWN = [
  {
    given:
      "postgres://u:hunter2@h1:5432,h2:5433/db?sslmode=require&sslpassword=x",
    shown: "host=h1,h2 port=5432,5433 dbname=db user=u sslmode=require",
  },
  {
    given: "host=/tmp password='hunter2 x' dbname='my db' user='it\\'s'",
    shown: "host=/tmp dbname='my db' user='it\\'s'",
  },
  { given: "service=shop", shown: "service=shop" },
  { given: "password=hunter2", shown: "***" },
  { given: "hunter2", shown: "***" },
  { given: "mysql://u:hunter2@h/db", shown: "***" },
] as const;

for (const { given, shown } of SHOWN) {
  Deno.test(`showConnection() shows ${JSON.stringify(given)} as ${shown}`, () => {
    equal(showConnection(given), shown);
  });
}

Deno.test("showConnection() writes what libpq reads back", () => {
  const values = parseConnectionString(
    showConnection("postgres://u%27s@h/a%20b%5Cc"),
  );

  deepEqual([...values], [["host", "h"], ["dbname", "a b\\c"], [
    "user",
    "u's",
  ]]);
});
