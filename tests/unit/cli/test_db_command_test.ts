import { deepEqual, equal, match } from "node:assert/strict";
import { MADE_TEST_DATABASE } from "../report/sample_test_databases.ts";
import { runWith } from "./run_with.ts";

const WISHES = [
  ["test-db", { action: "create" }],
  ["test-db list", { action: "list" }],
  ["test-db drop a_name", { action: "drop", database: "a_name" }],
  ["test-db drop --all", { action: "drop" }],
] as const;

for (const [line, wish] of WISHES) {
  Deno.test(`${line} asks the manager for ${JSON.stringify(wish)}`, async () => {
    const { code, fake } = await runWith({ args: line.split(" ") });

    equal(code, 0);
    deepEqual(fake.asked.calls, [["testDatabase", wish]]);
  });
}

Deno.test("test-db prints the URL and nothing else, also with --quiet", async () => {
  for (const args of [["test-db"], ["test-db", "--quiet"]]) {
    const { host } = await runWith({ args });

    equal(host.written.stdout, `${MADE_TEST_DATABASE.url}\n`);
  }
});

const WRONG = [
  ["test-db make", /there is no action "make"/],
  ["test-db list --all", /only drop takes a database/],
  ["test-db list a_name", /only drop takes a database/],
  ["test-db drop one two", /more than one/],
  ["test-db drop", /none is named/],
  ["test-db drop a_name --all", /exclude each other/],
] as const;

for (const [line, message] of WRONG) {
  Deno.test(`${line} is refused`, async () => {
    const { code, host } = await runWith({ args: line.split(" ") });

    equal(code, 2);
    match(host.written.stderr, message);
  });
}
