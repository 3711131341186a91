import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionError } from "../../src/errors.ts";
import type { Connection } from "../../src/io/postgres/connection.ts";
import { PostgresError } from "../../src/io/postgres/postgres_error.ts";
import { connectTo } from "../helpers/connecting.ts";
import { serverUrl } from "../helpers/database.ts";

async function* lines(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

/** Rows of about 1 KB each, 64 of them in a chunk. */
async function* manyRows(chunks: number): AsyncIterable<Uint8Array> {
  const chunk = new TextEncoder().encode(
    `1\t${"x".repeat(1_000)}\n`.repeat(64),
  );
  for (let index = 0; index < chunks; index++) yield chunk;
}

async function connectWithTable(): Promise<Connection> {
  const connection = await connectTo(serverUrl());
  await connection.run("CREATE TEMP TABLE t (a int, b text)");
  return connection;
}

async function countRows(connection: Connection): Promise<string | undefined> {
  return (await connection.query("SELECT count(*) FROM t", [])).rows[0]?.[0];
}

Deno.test("copyIn() sends the data as it is", async () => {
  await using connection = await connectWithTable();

  const answer = await connection.copyIn(
    "COPY t FROM STDIN",
    lines("1\tö", "ne\n2\t\\N\n", "", "3\tlast"),
  );

  assert.equal(answer.command, "COPY");
  assert.equal(answer.rowCount, 3);
  const { rows } = await connection.query("SELECT b FROM t ORDER BY a", []);
  assert.deepEqual(rows, [["öne"], [undefined], ["last"]]);
});

Deno.test("copyIn() rejects with the error of a bad row and leaves the session", async () => {
  await using connection = await connectWithTable();

  const copy = connection.copyIn(
    "COPY t FROM STDIN",
    lines("1\ta\n", "two\tb\n", "3\tc\n"),
  );

  await assert.rejects(copy, (error) => {
    assert.ok(error instanceof PostgresError);
    assert.equal(error.fields.sqlstate, "22P02");
    assert.match(error.fields.where ?? "", /COPY t, line 2/);
    return true;
  });
  assert.equal(await countRows(connection), "0");
});

Deno.test("copyIn() stops reading soon after a bad row", async () => {
  await using connection = await connectWithTable();
  let given = 0;
  async function* endless(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode("bad\tx\n");
    for await (const chunk of manyRows(Infinity)) {
      given++;
      yield chunk;
    }
  }

  await assert.rejects(
    connection.copyIn("COPY t FROM STDIN", endless()),
    PostgresError,
  );
  await delay(50);
  const then = given;
  await countRows(connection);

  assert.equal(given, then);
});

Deno.test("copyIn() rejects when the source never gives more", async () => {
  await using connection = await connectWithTable();
  const never = Promise.withResolvers<void>();
  async function* stuck(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode("bad\tx\n".repeat(20_000));
    await never.promise;
  }

  const copy = connection.copyIn("COPY t FROM STDIN", stuck());

  await assert.rejects(copy, PostgresError);
  assert.equal(await countRows(connection), "0");
  never.resolve();
});

Deno.test("copyIn() rejects with what the source throws", async () => {
  await using connection = await connectWithTable();
  const broken = new Error("the disk is gone");
  async function* failing(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode("1\ta\n");
    await delay(1);
    throw broken;
  }

  const error = await connection.copyIn("COPY t FROM STDIN", failing())
    .catch((e) => e);

  assert.equal(error, broken);
  assert.equal(await countRows(connection), "0");
});

Deno.test("copyIn() waits for the server to take the data", async () => {
  await using connection = await connectWithTable();
  let most = 0;
  async function* watched(): AsyncIterable<Uint8Array> {
    for await (const chunk of manyRows(400)) {
      most = Math.max(most, connection.unsentBytes);
      yield chunk;
    }
  }

  const answer = await connection.copyIn("COPY t FROM STDIN", watched());

  assert.equal(answer.rowCount, 400 * 64);
  assert.ok(most < 1024 * 1024, `${most} bytes were waiting`);
});

Deno.test("copyIn() holds back what is run meanwhile", async () => {
  await using connection = await connectWithTable();
  async function* slow(): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode("1\ta\n");
    await delay(50);
    yield new TextEncoder().encode("2\tb\n");
  }

  const first = connection.copyIn("COPY t FROM STDIN", slow());
  const count = countRows(connection);
  const second = connection.copyIn("COPY t FROM STDIN", slow());
  const later = countRows(connection);

  await Promise.all([first, second]);
  assert.deepEqual(await Promise.all([count, later]), ["2", "4"]);
});

Deno.test("copyIn() reads nothing for a statement that is refused", async () => {
  await using connection = await connectWithTable();
  let isRead = false;
  async function* unread(): AsyncIterable<Uint8Array> {
    isRead = true;
    yield new Uint8Array();
  }

  await assert.rejects(
    connection.copyIn("COPY nope FROM STDIN", unread()),
    PostgresError,
  );

  assert.equal(isRead, false);
});

Deno.test("copyIn() rejects when the session is terminated", async () => {
  await using connection = await connectWithTable();
  await using other = await connectTo(serverUrl());

  const copy = connection.copyIn("COPY t FROM STDIN", manyRows(Infinity))
    .catch((e) => e);
  await delay(50);
  await other.run(`SELECT pg_terminate_backend(${connection.processId})`);

  const error = await copy;
  assert.ok(error instanceof ConnectionError);
  assert.equal(error.code, "connection_lost");
});

Deno.test("run() refuses COPY FROM STDIN, and the session goes on", async () => {
  await using connection = await connectWithTable();

  await assert.rejects(connection.run("COPY t FROM STDIN"), (error) => {
    assert.ok(error instanceof PostgresError);
    assert.match(error.message, /there is no data for it/);
    return true;
  });

  assert.equal(await countRows(connection), "0");
});

Deno.test("run() drops what COPY TO STDOUT sends", async () => {
  await using connection = await connectTo(serverUrl());

  const answers = await connection.run(
    "COPY (SELECT generate_series(1, 5)) TO STDOUT; SELECT 1",
  );

  assert.deepEqual(answers.map((one) => one.rowCount), [5, 1]);
});
