import assert from "node:assert/strict";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { connect } from "../../src/io/postgres/connection.ts";
import { ConnectionError } from "../../src/errors.ts";
import { connectTo, optionsOf } from "../helpers/connecting.ts";

const me = userInfo().username;
const PASSWORD = "p:\\ö '\"@/?#%";

/** No test changes it. */
let server: EmbeddedPostgres;

Deno.test.beforeAll(async () => {
  server = await startPostgres({
    accessRules: [
      `local all ${me} peer`,
      "local all other peer",
      "local all writer scram-sha-256",
      "host all writer all scram-sha-256",
    ],
  });
  await using connection = await connectTo(server.url);
  const literal = `'${PASSWORD.replaceAll("'", "''")}'`;
  await connection.run(
    `CREATE ROLE "${me}" LOGIN; CREATE ROLE other LOGIN;
     CREATE ROLE writer LOGIN PASSWORD ${literal}`,
  );
});

Deno.test.afterAll(() => server?.stop());

/** The ways to write a socket, all for the same server. */
const WAYS: Readonly<Record<string, (server: EmbeddedPostgres) => string>> = {
  "as a host in the query": ({ socketDir, port }) =>
    `postgres:///postgres?host=${socketDir}&port=${port}`,
  "as an encoded host": ({ socketDir, port }) =>
    `postgres://${encodeURIComponent(socketDir)}:${port}/postgres`,
  "by keywords": ({ socketDir, port }) =>
    `host='${socketDir}' port=${port} dbname=postgres`,
  "although TLS is required": ({ socketDir, port }) =>
    `postgres:///postgres?host=${socketDir}&port=${port}&sslmode=require`,
};

for (const [name, write] of Object.entries(WAYS)) {
  Deno.test(`connect() takes a socket ${name}, with peer authentication`, async () => {
    const options = await optionsOf(write(server), { userName: me });

    await using connection = await connect(options);

    const { rows } = await connection.query("SELECT current_user", []);
    assert.deepEqual(rows, [[me]]);
    assert.equal(connection.target.host, server.socketDir);
  });
}

Deno.test("connect() says who is not let in by peer authentication", async () => {
  const url = `postgres://other@/postgres?host=${server.socketDir}` +
    `&port=${server.port}`;

  await assert.rejects(
    connectTo(url),
    /as the server does not let user "other" in: Peer authentication failed/,
  );
});

Deno.test("connect() says that there is no socket", async () => {
  const url = `postgres:///postgres?host=${server.socketDir}&port=1`;

  await assert.rejects(connectTo(url), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.hint ?? "", /say where it is with DATABASE_URL, /);
    assert.equal(
      error.message,
      'Cannot connect to database "postgres" on socket ' +
        `${server.socketDir}/.s.PGSQL.1 as there is no such socket`,
    );
    return true;
  });
});

Deno.test("cancel() reaches a server through a socket", async () => {
  const url = `postgres:///postgres?host=${server.socketDir}` +
    `&port=${server.port}`;
  const options = await optionsOf(url, { userName: me });
  await using connection = await connect(options);
  const sleep = connection.run("SELECT pg_sleep(60)").catch((e) => e);
  await delay(50);

  await connection.cancel();

  assert.equal((await sleep).fields.sqlstate, "57014");
});

Deno.test("connect() takes any password from a URL", async () => {
  const url = `postgres://writer:${encodeURIComponent(PASSWORD)}` +
    `@127.0.0.1:${server.port}/postgres`;

  await using connection = await connectTo(url);

  assert.equal(connection.target.user, "writer");
});

Deno.test("connect() takes the password from a password file", async () => {
  const folder = await Deno.makeTempDir();
  const passfile = join(folder, "pgpass");
  const escaped = PASSWORD.replace(/[\\:]/g, "\\$&");
  await Deno.writeTextFile(
    passfile,
    `${server.socketDir}:*:*:writer:wrong\n127.0.0.1:*:*:writer:${escaped}\n`,
    { mode: 0o600 },
  );
  const url = `postgres://writer@127.0.0.1:${server.port}/postgres` +
    `?passfile=${encodeURIComponent(passfile)}`;

  await using connection = await connectTo(url);

  assert.equal(connection.target.user, "writer");
  await Deno.remove(folder, { recursive: true });
});
