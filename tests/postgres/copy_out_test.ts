import assert from "node:assert/strict";
import { PostgresError } from "../../src/io/postgres/postgres_error.ts";
import { connectTo } from "../helpers/connecting.ts";
import { serverUrl } from "../helpers/database.ts";

Deno.test("copyOut() hands on the data as it is, and how many rows there were", async () => {
  await using connection = await connectTo(serverUrl());
  let text = "";

  const answer = await connection.copyOut(
    "COPY (VALUES (1, E'ö\\t'), (2, NULL)) TO STDOUT",
    (chunk) => {
      text += new TextDecoder().decode(chunk);
      return Promise.resolve();
    },
  );

  assert.deepEqual([answer.command, answer.rowCount], ["COPY", 2]);
  assert.equal(text, "1\tö\\t\n2\t\\N\n");
});

Deno.test("copyOut() reads no faster than its data are taken", async () => {
  await using connection = await connectTo(serverUrl());
  let taken = 0;
  let atOnce = 0;
  const before = connection.traffic.bytes;

  await connection.copyOut(
    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 50000)) TO STDOUT",
    async (chunk) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce = Math.max(atOnce, connection.traffic.bytes - before - taken);
      taken += chunk.length;
    },
  );

  assert.equal(taken, 50_000 * 1001);
  assert.ok(atOnce < 8 * 1024 * 1024, `${atOnce} bytes were read ahead`);
});

Deno.test("copyOut() rejects with what the taker throws, and the session goes on", async () => {
  await using connection = await connectTo(serverUrl());

  const copy = connection.copyOut(
    "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT",
    () => Promise.reject(new Error("the disk is full")),
  );

  await assert.rejects(copy, /^Error: the disk is full$/);
  const { rows } = await connection.query("SELECT 1", []);
  assert.deepEqual(rows, [["1"]]);
});

Deno.test("copyOut() rejects with the error of the server", async () => {
  await using connection = await connectTo(serverUrl());

  const copy = connection.copyOut(
    "COPY (SELECT 1 / (3 - n) FROM generate_series(1, 3) n) TO STDOUT",
    () => Promise.resolve(),
  );

  await assert.rejects(copy, (error) => {
    assert.ok(error instanceof PostgresError);
    assert.equal(error.fields.sqlstate, "22012");
    return true;
  });
});
