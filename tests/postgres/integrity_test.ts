import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { lockKeys } from "../../src/core/lock.ts";
import {
  column,
  ending,
  placeOf,
  statesOf,
  stepsOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const TWO = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
};

Deno.test("migrate stops at a file that changed after it was applied", () =>
  withRun(TWO, async ({ db, done, json, write }) => {
    await done("migrate");
    await write({
      "001_a.sql": "CREATE TABLE a (id BIGINT);\n",
      "003_c.sql": "CREATE TABLE c (id INT);\n",
    });
    const answer = await json("migrate");
    const status = await done("status");

    deepEqual(ending(answer), [3, "checksum_mismatch"]);
    equal(
      answer.error?.message,
      'Cannot migrate as "migrations/001_a.sql" changed after it was applied',
    );
    equal(placeOf(answer.error), "migrations/001_a.sql");
    deepEqual(await tablesOf(db), ["a", "b"]);
    deepEqual(statesOf(status), ["001 changed", "002 applied", "003 pending"]);
  }));

Deno.test("migrate stops when the file of an applied version is gone", () =>
  withRun(TWO, async ({ done, json, remove, write }) => {
    await done("migrate");
    await remove("001_a.sql");
    await write({ "003_c.sql": "" });
    const answer = await json("migrate");
    const status = await done("status");

    deepEqual(ending(answer), [3, "missing_file"]);
    equal(
      answer.error?.message,
      'Cannot migrate as the file of the applied version "001" is gone: "migrations/001_a.sql"',
    );
    deepEqual(statesOf(status), ["001 missing", "002 applied", "003 pending"]);
  }));

Deno.test("migrate names every changed and missing file at once", () =>
  withRun(TWO, async ({ done, run, remove, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "" });
    await remove("002_b.sql");
    const { code, stderr } = await run("migrate");

    equal(code, 3);
    match(stderr, /^error\[checksum_mismatch\]: .*001_a\.sql/m);
    match(stderr, /^error\[missing_file\]: .*002_b\.sql/m);
    match(stderr, /^2 errors$/m);
  }));

Deno.test("migrate --force goes past changed and missing files and lists each", () =>
  withRun(TWO, async ({ db, done, run, remove, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "", "003_c.sql": "CREATE TABLE c (id INT);" });
    await remove("002_b.sql");
    const planned = await done("plan", "--force");
    const { code, stderr } = await run("migrate", "--force");
    const again = await done("migrate", "--force");

    equal(code, 0, stderr);
    match(
      stderr,
      /^forced\[checksum_mismatch\]: "migrations\/001_a\.sql" changed after/m,
    );
    match(stderr, /^forced\[missing_file\]: The file of .*002_b\.sql/m);
    doesNotMatch(stderr, /Cannot|--force/);
    deepEqual(planned.steps.map(({ version }) => version), ["003"]);
    deepEqual(planned.forced, again.forced);
    deepEqual(await tablesOf(db), ["a", "b", "c"]);
    deepEqual(again.forced.map(({ code }) => code), [
      "checksum_mismatch",
      "missing_file",
    ]);
  }));

Deno.test("migrate --force keeps the recorded checksum of a changed file", () =>
  withRun(TWO, async ({ db, done, json, write }) => {
    await done("migrate");
    const checksums = "SELECT checksum FROM schema_migrations ORDER BY id";
    const before = await column(db, checksums);
    await write({ "001_a.sql": "", "003_c.sql": "" });
    await done("migrate", "--force");
    const answer = await json("migrate");

    deepEqual((await column(db, checksums)).slice(0, 2), before);
    deepEqual(ending(answer), [3, "checksum_mismatch"]);
  }));

Deno.test("migrate --force does not go past a held lock", () =>
  withRun(TWO, async ({ db, json, run }) => {
    const other = await db.connect();
    const { first, second } = lockKeys(12345, '"public"."schema_migrations"');
    await other.query(`SELECT pg_advisory_lock(${first}, ${second})`);
    const [pid] = (await other.query("SELECT pg_backend_pid() AS pid")).rows;
    const answer = await json("migrate", "--force", "--lock-timeout", "0");
    const waited = await run("migrate", "--lock-timeout", "300ms");

    deepEqual(ending(answer), [4, "lock_timeout"]);
    match(
      answer.error?.message ?? "",
      new RegExp(`: pid ${pid?.pid}, user postgres, from 127\\.0\\.0\\.1`),
    );
    equal(waited.code, 4);
    match(waited.stderr, /^Waiting for another run: pid /m);
    match(waited.stderr, /has held it for 0\.3 s/);
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("migrate --force does not go past an unknown dependency", () =>
  withRun({
    ...TWO,
    "003_c.sql": "-- Author: x\n-- Dependencies: 001_a.sql, 009_x.sql\n",
  }, async ({ db, json }) => {
    const answer = await json("migrate", "--force");

    deepEqual(ending(answer), [3, "bad_dependency"]);
    equal(placeOf(answer.error), "migrations/003_c.sql:2");
    deepEqual(await tablesOf(db), []);
  }));

for (
  const [what, files, code] of [
    ["a circle of dependencies", {
      "001_a.sql": "-- Dependencies: 002_b.sql\n",
      "002_b.sql": "-- Dependencies: 001_a.sql\n",
    }, "dependency_cycle"],
    ["a dependency that comes later", {
      "001_a.sql": "-- Dependencies: 002\n",
      "002_b.sql": "",
    }, "bad_dependency"],
  ] as const
) {
  Deno.test(`migrate --force does not go past ${what}`, () =>
    withRun(files, async ({ json }) => {
      const answer = await json("migrate", "--force");

      deepEqual(ending(answer), [3, code]);
    }));
}

Deno.test("migrate --force goes past a gone file that others depend on", () =>
  withRun({
    ...TWO,
    "002_b.sql": "-- Dependencies: 001_a.sql\nCREATE TABLE b (id INT);\n",
  }, async ({ done, json, remove, write }) => {
    await done("migrate");
    await remove("001_a.sql");
    await write({ "003_c.sql": "-- Dependencies: 001, 002\n" });
    const refused = await json("migrate");
    const forced = await json("migrate", "--force");

    deepEqual(ending(refused), [3, "missing_file"]);
    deepEqual(ending(forced), [0, ""]);
  }));

Deno.test("migrate keeps the dependencies of a version with its row", () =>
  withRun({
    ...TWO,
    "003_c.sql": "-- Dependencies: 002_b.sql, 1, pgcrypto\n",
    "004_d.sql": "-- Dependencies: None\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(
      await column(
        db,
        "SELECT dependencies FROM schema_migrations ORDER BY id",
      ),
      [[], [], ["002", "001"], []],
    );
  }));

Deno.test("migrate refuses a pending file that is older than the newest applied", () =>
  withRun({
    "001_a.sql": "",
    "003_c.sql": "",
  }, async ({ done, json, run, write }) => {
    await done("migrate");
    await write({ "002_b.sql": "", "004_d.sql": "" });
    const answer = await json("migrate", "--force");
    const status = await done("status");
    const { code } = await run("migrate", "002");

    deepEqual(ending(answer), [3, "out_of_order"]);
    equal(
      answer.error?.message,
      'Cannot apply "migrations/002_b.sql" as the newer version "003_c" is already applied',
    );
    match(answer.error?.hint ?? "", /--allow-out-of-order/);
    deepEqual(statesOf(status), [
      "001 applied",
      "002 out_of_order",
      "003 applied",
      "004 pending",
    ]);
    equal(code, 3);
  }));

Deno.test("migrate --allow-out-of-order applies an older file", () =>
  withRun({
    "001_a.sql": "",
    "003_c.sql": "",
  }, async ({ done, write }) => {
    await done("migrate");
    await write({ "002_b.sql": "", "004_d.sql": "" });
    const answer = await done("migrate", "--allow-out-of-order");

    deepEqual(stepsOf(answer), ["002 done", "004 done"]);
  }));

for (
  const [what, changed] of [
    ["Windows line ends", "CREATE TABLE a (\r\n  id INT\r\n);\r\n"],
    ["a byte-order mark", "\ufeffCREATE TABLE a (\n  id INT\n);\n"],
    ["both", "\ufeffCREATE TABLE a (\r\n  id INT\r\n);\r\n"],
  ] as const
) {
  Deno.test(`migrate takes a file with ${what} for the one it applied`, () =>
    withRun(
      { "001_a.sql": "CREATE TABLE a (\n  id INT\n);\n" },
      async ({ done, write }) => {
        await done("migrate");
        await write({ "001_a.sql": changed });
        const again = await done("migrate");
        const status = await done("status");

        equal(again.migrationsApplied, 0);
        deepEqual(statesOf(status), ["001 applied"]);
      },
    ));
}

Deno.test("migrate takes a lone carriage return for a change", () =>
  withRun({ "001_a.sql": "SELECT 1;\n" }, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "SELECT 1;\r" });
    const answer = await json("migrate");

    deepEqual(ending(answer), [3, "checksum_mismatch"]);
  }));

Deno.test("migrate takes a file that was renamed within its version", () =>
  withRun({ "001_a.sql": "" }, async ({ done, remove, write }) => {
    await done("migrate");
    await remove("001_a.sql");
    await write({ "1_other.sql": "" });
    const again = await done("migrate");

    equal(again.migrationsApplied, 0);
  }));

/** The newest file, the code of its error, and its place. */
const UNUSABLE: Readonly<
  Record<string, readonly [string | Uint8Array, string, string]>
> = {
  "an unterminated quote": [
    "SELECT 1;\nSELECT 'open;\n",
    "unterminated",
    "2:8",
  ],
  "an unterminated comment": ["SELECT 1; /* open\n", "unterminated", "1:11"],
  "an unterminated dollar quote": [
    "DO $$ BEGIN\nEND $;\n",
    "unterminated",
    "1:4",
  ],
  "an unterminated identifier": ['SELECT "a;\n', "unterminated", "1:8"],
  "conflict marks of a merge": [
    "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> other\n",
    "merge_conflict",
    "2:1",
  ],
  "invalid UTF-8": [
    new Uint8Array([
      0x2d,
      0x2d,
      0x20,
      0xc3,
      0xa4,
      0x0a,
      0x2d,
      0x2d,
      0xe4,
      0x0a,
    ]),
    "invalid_encoding",
    "2:3",
  ],
  "UTF-16": [
    new Uint8Array([0xff, 0xfe, 0x53, 0x00, 0x45, 0x00]),
    "invalid_encoding",
    "1:1",
  ],
  "a NUL byte": ["SELECT 1;\n--\0\n", "nul_byte", "2:3"],
  "a psql command": ["SELECT 1;\n  \\connect other\n", "psql_command", "2:3"],
  "a psql variable": ["\\set x 1\nSELECT 1;\n", "psql_command", "1:1"],
  "an unknown directive": [
    "-- lockstep: transacton=off\n",
    "bad_directive",
    "1",
  ],
  "a version in its header that is not its own": [
    "-- Author: x\n-- Version: 008\n",
    "bad_header",
    "2",
  ],
};

for (const [what, [content, code, place]] of Object.entries(UNUSABLE)) {
  Deno.test(`migrate finds ${what} in the last file before the first is applied`, () =>
    withRun({ ...TWO, "009_last.sql": content }, async ({ db, json }) => {
      const answer = await json("migrate");

      deepEqual(ending(answer), [3, code]);
      equal(placeOf(answer.error), `migrations/009_last.sql:${place}`);
      deepEqual(await tablesOf(db), []);
    }));
}

Deno.test("migrate runs a pg_dump script with \\restrict as it is", () =>
  withRun({
    "001_dump.sql":
      "\\restrict abc\nCREATE TABLE a (t TEXT);\nCOPY a (t) FROM stdin;\n\\\\x\n\\.\n\\unrestrict abc\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await column(db, "SELECT t FROM a"), ["\\x"]);
  }));

/** File names, the code of the error and what its message names. */
const NAMES:
  readonly (readonly [readonly string[], string, readonly string[]])[] = [
    [["1_b.sql"], "duplicate_version", ["1_b.sql", "001_a.sql"]],
    [["001_b.sql"], "duplicate_version", ["001_b.sql", "001_a.sql"]],
    [["003.sql"], "bad_name", ["003.sql"]],
    [["readme.SQL"], "bad_name", ["readme.SQL"]],
    [["rollbacks/001_other_down.sql"], "down_name_mismatch", [
      "001_other_down.sql",
    ]],
    [
      ["rollbacks/001_a_down.sql", "rollbacks/1_a_down.sql"],
      "duplicate_version",
      ["001_a_down.sql", "1_a_down.sql"],
    ],
  ];

for (const [names, code, shown] of NAMES) {
  Deno.test(`migrate refuses ${names.join(" and ")} beside 001_a.sql`, () =>
    withRun(
      { ...TWO, ...Object.fromEntries(names.map((name) => [name, ""])) },
      async ({ db, json }) => {
        const answer = await json("migrate");

        deepEqual(ending(answer), [3, code]);
        const said = JSON.stringify(answer.error);
        ok(shown.every((name) => said.includes(name)), said);
        deepEqual(await tablesOf(db), []);
      },
    ));
}

Deno.test("migrate leaves out what the setting ignore names", () =>
  withRun({ ...TWO, "seed_users.sql": "SELECT 1/0;" }, async ({ done }) => {
    const answer = await done("migrate", "--ignore", "seed_*.sql");

    equal(answer.migrationsApplied, 2);
  }));
