import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionError, type ServerMessage } from "../../src/errors.ts";
import { connect } from "../../src/io/postgres/connection.ts";
import { PostgresError } from "../../src/io/postgres/postgres_error.ts";
import { connectTo, optionsOf } from "../helpers/connecting.ts";
import { serverUrl, withDatabase } from "../helpers/database.ts";

Deno.test("run() answers each statement of its text", async () => {
  await using connection = await connectTo(serverUrl());

  const answers = await connection.run(
    "CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2); " +
      "SELECT a, a * 2 AS b FROM t ORDER BY a; ;",
  );

  assert.deepEqual(
    answers.map(({ command, rowCount }) => [command, rowCount]),
    [["CREATE TABLE", undefined], ["INSERT", 2], ["SELECT", 2]],
  );
  assert.deepEqual(answers[2]?.fields, ["a", "b"]);
  assert.deepEqual(answers[2]?.rows, [["1", "2"], ["2", "4"]]);
});

Deno.test("run() leaves values as the text of the server", async () => {
  await using connection = await connectTo(serverUrl());

  const [answer] = await connection.run(
    `SELECT 9007199254740993::int8, '{"a":1}'::jsonb, ARRAY['x', NULL],
       true, NULL, 1.10::numeric, '\\x00ff'::bytea, ''`,
  );

  assert.deepEqual(answer?.rows, [[
    "9007199254740993",
    '{"a": 1}',
    "{x,NULL}",
    "t",
    undefined,
    "1.10",
    "\\x00ff",
    "",
  ]]);
});

Deno.test("run() keeps only so many rows of each statement", async () => {
  await using connection = await connectTo(serverUrl());

  const answers = await connection.run(
    "SELECT generate_series(1, 100000); SELECT 1",
    { maxRows: 2 },
  );

  assert.deepEqual(answers[0]?.rows, [["1"], ["2"]]);
  assert.equal(answers[0]?.rowCount, 100_000);
  assert.deepEqual(answers.map((one) => one.truncated), [true, false]);
});

Deno.test("run() pipelines, and each answer comes on its own", async () => {
  await using connection = await connectTo(serverUrl());
  const order: string[] = [];
  function send(name: string, sql: string): Promise<unknown> {
    return connection.run(sql).finally(() => order.push(name));
  }

  const slow = send("slow", "SELECT pg_sleep(0.2)");
  const fast = send("fast", "SELECT 1");
  const early = await Promise.race([slow, delay(100, "nothing yet")]);
  await Promise.all([slow, fast]);

  assert.equal(early, "nothing yet");
  assert.deepEqual(order, ["slow", "fast"]);
});

Deno.test("run() fails by itself and the pipeline goes on", async () => {
  await using connection = await connectTo(serverUrl());

  const outcomes = await Promise.allSettled([
    connection.run("BEGIN"),
    connection.run("SELECT 1 / 0"),
    connection.run("SELECT 1"),
    connection.run("COMMIT"),
    connection.run("SELECT 2"),
  ]);

  assert.deepEqual(
    outcomes.map((one) =>
      one.status === "fulfilled"
        ? one.value[0]?.command
        : one.reason.fields.sqlstate
    ),
    ["BEGIN", "22012", "25P02", "ROLLBACK", "SELECT"],
  );
});

Deno.test("run() tells all that the server says about an error", async () => {
  await using connection = await connectTo(serverUrl());
  await connection.run(
    "CREATE TEMP TABLE t (a int CONSTRAINT c CHECK (a > 0))",
  );

  const error = await connection.run("INSERT INTO t VALUES (-1)").catch((e) =>
    e
  );

  assert.ok(error instanceof PostgresError);
  assert.equal(error.fields.severity, "ERROR");
  assert.equal(error.fields.sqlstate, "23514");
  assert.equal(error.fields.table, "t");
  assert.equal(error.fields.constraint, "c");
  assert.match(error.fields.detail ?? "", /-1/);
  assert.equal(error.fields.position, undefined);
});

Deno.test("run() tells positions as numbers of code points", async () => {
  await using connection = await connectTo(serverUrl());

  const outer = await connection.run("/* 🦆ö */ SELECT nope").catch((e) => e);
  const inner = await connection.run(
    "DO $$BEGIN EXECUTE 'SELECT nope'; END$$",
  ).catch((e) => e);

  assert.equal(outer.fields.position, 17);
  assert.equal(inner.fields.internalPosition, 8);
  assert.equal(inner.fields.internalQuery, "SELECT nope");
  assert.match(inner.fields.where, /EXECUTE/);
});

Deno.test("query() sends parameters of any kind as text", async () => {
  await using connection = await connectTo(serverUrl());

  const answer = await connection.query(
    "SELECT $1::text, $2::int, $3::bool, $4::text, $5::text",
    ["it's; \"\\ö", 7, true, undefined, ""],
  );

  assert.deepEqual(answer.rows, [["it's; \"\\ö", "7", "t", undefined, ""]]);
});

Deno.test("query() takes one statement only", async () => {
  await using connection = await connectTo(serverUrl());

  await assert.rejects(connection.query("SELECT 1; SELECT 2", []), (error) => {
    assert.ok(error instanceof PostgresError);
    assert.equal(error.fields.sqlstate, "42601");
    return true;
  });
  assert.equal((await connection.query("SELECT 1", [])).rowCount, 1);
});

Deno.test("onNotice() hands over notices with their fields", async () => {
  await using connection = await connectTo(serverUrl());
  const notices: ServerMessage[] = [];
  connection.onNotice((notice) => notices.push(notice));

  await connection.run(
    "DO $$BEGIN RAISE WARNING 'careful' USING HINT = 'look'; END$$",
  );

  const [notice] = notices;
  assert.equal(notice?.severity, "WARNING");
  assert.equal(notice?.sqlstate, "01000");
  assert.equal(notice?.message, "careful");
  assert.equal(notice?.hint, "look");
});

Deno.test("parameters follow what the server reports", async () => {
  await using connection = await connectTo(serverUrl());
  const before = connection.parameters.get("standard_conforming_strings");

  await connection.run("SET standard_conforming_strings = off");

  assert.equal(before, "on");
  assert.equal(connection.parameters.get("standard_conforming_strings"), "off");
  assert.equal(connection.parameters.get("application_name"), "lockstep/test");
});

Deno.test("a connection knows its process and the server's version", async () => {
  await using connection = await connectTo(serverUrl());

  const { rows } = await connection.query(
    "SELECT pg_backend_pid(), current_setting('server_version_num')",
    [],
  );

  assert.deepEqual(rows, [[
    String(connection.processId),
    String(connection.serverVersion),
  ]]);
});

Deno.test("cancel() stops what runs, and the session goes on", async () => {
  await using connection = await connectTo(serverUrl());
  const sleep = connection.run("SELECT pg_sleep(60)").catch((error) => error);
  const next = connection.run("SELECT 1");
  await delay(50);

  await connection.cancel();

  assert.equal((await sleep).fields.sqlstate, "57014");
  assert.equal((await next)[0]?.rowCount, 1);
});

Deno.test("a terminated session says why to all that wait", async () => {
  await using connection = await connectTo(serverUrl());
  await using other = await connectTo(serverUrl());
  const running = connection.run("SELECT pg_sleep(60)").catch((e) => e);
  const waiting = connection.run("SELECT 1").catch((e) => e);
  await delay(50);

  await other.run(`SELECT pg_terminate_backend(${connection.processId})`);

  const lost = await connection.lost;
  const late = connection.run("SELECT 1").catch((e) => e);
  const errors = await Promise.all([running, waiting, lost, late]);
  for (const error of errors) {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, "connection_lost");
    assert.equal(error.server?.sqlstate, "57P01");
  }
});

Deno.test("a session that is terminated while idle says why", async () => {
  await using connection = await connectTo(serverUrl());
  await using other = await connectTo(serverUrl());

  await other.run(`SELECT pg_terminate_backend(${connection.processId})`);

  const error = await connection.lost;
  assert.equal(error.server?.sqlstate, "57P01");
  await assert.rejects(connection.run("SELECT 1"), { code: "connection_lost" });
});

Deno.test("a failure that nobody waits for ends nothing", async () => {
  await using connection = await connectTo(serverUrl());
  await using other = await connectTo(serverUrl());

  connection.run("SELECT 1 / 0");
  await connection.run("SELECT 1");
  connection.run("SELECT pg_sleep(60)");
  await other.run(`SELECT pg_terminate_backend(${connection.processId})`);

  assert.equal((await connection.lost).code, "connection_lost");
});

Deno.test("close() lets what was sent finish, and is no loss", async () => {
  const connection = await connectTo(serverUrl());
  const answer = connection.run("SELECT pg_sleep(0.1)");

  await connection.close();

  assert.equal((await answer)[0]?.rowCount, 1);
  await assert.rejects(connection.run("SELECT 1"), { code: "connection_lost" });
  assert.equal(
    await Promise.race([connection.lost, delay(50, "kept")]),
    "kept",
  );
});

Deno.test("close() waits for a long statement no longer than two seconds", async () => {
  const connection = await connectTo(serverUrl());
  const answer = connection.run("SELECT pg_sleep(20)").catch((e) => e);
  const start = performance.now();

  await connection.close();

  assert.ok(performance.now() - start < 30_000);
  assert.equal((await answer).code, "connection_lost");
});

Deno.test("unsentBytes falls to 0 when the server has taken all", async () => {
  await using connection = await connectTo(serverUrl());
  const text = "x".repeat(32 * 1024 * 1024);

  const answer = connection.run(`SELECT length('${text}')`);
  const before = connection.unsentBytes;
  await answer;

  assert.ok(before > 1024 * 1024, String(before));
  assert.equal(connection.unsentBytes, 0);
});

Deno.test("connect() waits for a database that is made later", async () => {
  const name = `test_wait_${crypto.randomUUID().slice(0, 8)}`;
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  await using admin = await connectTo(serverUrl());

  const connecting = connect(await optionsOf(url.href), { waitMs: 20_000 });
  await delay(400);
  await admin.run(`CREATE DATABASE ${name}`);
  const connection = await connecting;
  await connection.close();

  assert.equal(connection.target.database, name);
  await admin.run(`DROP DATABASE ${name}`);
});

Deno.test("connect() says which command makes a missing database", async () => {
  const url = new URL(serverUrl());
  url.pathname = "/no_such_database";

  await assert.rejects(connectTo(url.href), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /as there is no database "no_such_database"$/);
    assert.match(
      error.hint ?? "",
      /^create it: createdb -h .* no_such_database$/,
    );
    assert.equal(error.server?.sqlstate, "3D000");
    return true;
  });
});

Deno.test("connect() passes options on to the session", async () => {
  const options = "-c%20lock_timeout%3D1234ms";
  const url = `${serverUrl()}?options=${options}&application_name=mine`;

  await using connection = await connectTo(url);

  const { rows } = await connection.query(
    "SELECT current_setting('lock_timeout'), current_setting('application_name')",
    [],
  );
  assert.deepEqual(rows, [["1234ms", "mine"]]);
});

Deno.test("connect() takes nothing from the variables of the process", async () => {
  await withDatabase(async (db) => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", PRINT_SETTINGS, "--", db.url],
      cwd: new URL("../..", import.meta.url),
      env: {
        PGOPTIONS: "-c lock_timeout=99",
        PGAPPNAME: "wrong",
        PGREPLICATION: "database",
        PGSSLMODE: "verify-full",
        PGSSLNEGOTIATION: "direct",
      },
    });
    const { stdout, stderr } = await command.output();

    const errors = new TextDecoder().decode(stderr);
    assert.equal(new TextDecoder().decode(stdout), "0|lockstep/test\n", errors);
  });
});

const PRINT_SETTINGS = `
  import { connectTo } from "./tests/helpers/connecting.ts";
  await using connection = await connectTo(Deno.args.at(-1) ?? "");
  const [answer] = await connection.run(
    "SELECT current_setting('lock_timeout'), current_setting('application_name')",
  );
  console.log(answer?.rows[0]?.join("|"));
`;
