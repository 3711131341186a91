import assert from "node:assert/strict";
import { ConnectionError } from "../../src/errors.ts";
import { connect } from "../../src/io/postgres/connection.ts";
import { connectTo, optionsOf } from "../helpers/connecting.ts";
import {
  answering,
  answeringOnce,
  type Behavior,
  fatal,
  message,
  mute,
  number,
  startFakeServer,
  text,
  welcome,
} from "../helpers/fake_postgres.ts";

const MODERN = { server_version: "18.1" };
const PRIMARY = {
  ...MODERN,
  in_hot_standby: "off",
  default_transaction_read_only: "off",
};
const STANDBY = { ...PRIMARY, in_hot_standby: "on" };

/** What a server does, and what the user is told about it. */
const CASES: Readonly<
  Record<string, { behavior: Behavior; query: string; expected: RegExp }>
> = {
  "a web server": {
    behavior: answeringOnce(
      new TextEncoder().encode("HTTP/1.1 400 Bad\r\n\r\n"),
    ),
    query: "sslmode=disable",
    expected: /as what listens there does not speak PostgreSQL's protocol$/,
  },
  "a web server asked for TLS": {
    behavior: answeringOnce(
      new TextEncoder().encode("HTTP/1.1 400 Bad\r\n\r\n"),
    ),
    query: "sslmode=prefer",
    expected: /does not speak PostgreSQL's protocol$/,
  },
  "a secure shell asked for TLS": {
    behavior: answeringOnce(new TextEncoder().encode("SSH-2.0-OpenSSH\r\n")),
    query: "sslmode=require",
    expected: /does not speak PostgreSQL's protocol$/,
  },
  "a server that goes away": {
    behavior: answeringOnce(),
    query: "sslmode=disable",
    expected: /as the server closed the connection at once$/,
  },
  "a server that says nothing": {
    behavior: mute,
    query: "sslmode=disable&connect_timeout=1",
    expected: /as it did not answer within 1 s$/,
  },
  "a server that says nothing about TLS": {
    behavior: mute,
    query: "connect_timeout=1",
    expected: /as it did not answer within 1 s$/,
  },
  "a server without TLS": {
    behavior: answering(new TextEncoder().encode("N")),
    query: "sslmode=require",
    expected: /does not support TLS, and sslmode is "require"$/,
  },
  "a server that is starting": {
    behavior: answeringOnce(
      fatal("57P03", "the database system is starting up"),
    ),
    query: "sslmode=disable",
    expected: /as the database system is starting up$/,
  },
  "a server that is full": {
    behavior: answeringOnce(fatal("53300", "sorry, too many clients already")),
    query: "sslmode=disable",
    expected: /as the server has no connection left: sorry, too many clients/,
  },
  "a server that wants Kerberos": {
    behavior: answering(message("R", number(7))),
    query: "sslmode=disable",
    expected: /Unknown authenticationOk message type 7/,
  },
  "a server that wants a password": {
    behavior: answering(message("R", number(3))),
    query: "sslmode=disable",
    expected: /as the server asks for a password of user "u" and none is set$/,
  },
  "a pooler that refuses options": {
    behavior: answeringOnce(
      fatal("08P01", "unsupported startup parameter: options"),
    ),
    query: "sslmode=disable&options=-c%20x%3D1",
    expected: /unsupported startup parameter: options$/,
  },
};

for (const [name, { behavior, query, expected }] of Object.entries(CASES)) {
  Deno.test(`connect() explains ${name}`, async () => {
    await using server = startFakeServer(behavior);
    const url = `postgres://u@127.0.0.1:${server.port}/shop?${query}`;

    const error = await connectTo(url).catch((e) => e);

    assert.ok(error instanceof ConnectionError, String(error?.stack));
    assert.equal(error.code, "cannot_connect");
    assert.match(error.message, /^Cannot connect to database "shop" on 127/);
    assert.match(error.message, expected);
  });
}

Deno.test("connect() says that the password file was ignored when a password is missing", async () => {
  await using server = startFakeServer(answering(message("R", number(3))));
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "*:*:*:*:secret\n");
  await Deno.chmod(file, 0o644);
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable` +
    `&passfile=${file}`;

  const error = await connectTo(url).catch((e) => e);
  await Deno.remove(file);

  assert.ok(error instanceof ConnectionError, String(error?.stack));
  assert.match(error.message, /asks for a password of user "u"/);
  assert.equal(
    error.hint,
    `ignored the password file "${file}" as others may read it: ` +
      `chmod 600 "${file}"`,
  );
});

Deno.test("connect() refuses a server older than 14", async () => {
  await using server = startFakeServer(
    answering(welcome({ server_version: "13.22 (Debian)" })),
  );
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;

  await assert.rejects(connectTo(url), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(error.code, "server_too_old");
    assert.match(error.message, /as its PostgreSQL is 13\.22 \(Debian\)$/);
    return true;
  });
});

Deno.test("connect() waits while the server starts", async () => {
  const starting = answeringOnce(fatal("57P03", "starting up"));
  await using server = startFakeServer(
    starting,
    answeringOnce(),
    answering(welcome(MODERN)),
  );
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;

  const told: unknown[] = [];

  await using connection = await connect(await optionsOf(url), {
    waitMs: 10_000,
    onWait: (failure) => told.push(failure),
  });

  assert.equal(connection.serverVersion, 180001);
  assert.equal(server.clients, 3);
  const place = `database "d" on 127.0.0.1:${server.port}`;
  assert.deepEqual(told, [
    { server: place, reason: "starting up" },
    { server: place, reason: "the server closed the connection at once" },
  ]);
});

Deno.test("connect() does not wait when waiting is useless", async () => {
  await using server = startFakeServer(answeringOnce(fatal("28P01", "no")));
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;

  await assert.rejects(
    connect(await optionsOf(url), { waitMs: 10_000 }),
    /rejects the password of user "u"/,
  );
  assert.equal(server.clients, 1);
});

Deno.test("connect() gives up when the time to wait is over", async () => {
  const start = performance.now();

  await assert.rejects(
    connect(await optionsOf("postgres://u@127.0.0.1:1/d"), { waitMs: 600 }),
    /as the connection was refused$/,
  );

  const tookMs = performance.now() - start;
  assert.ok(tookMs > 200 && tookMs < 20_000, `${tookMs} ms`);
});

Deno.test("connect() stops at once when it is told to", async () => {
  await using server = startFakeServer(mute);
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;
  const reason = new Error("stopped");
  const controller = new AbortController();

  const connecting = connect(await optionsOf(url), {
    waitMs: 60_000,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 50);

  assert.equal(await connecting.catch((e) => e), reason);
});

Deno.test("connect() tries the hosts in order and names why each fails", async () => {
  const url = "postgres://u:Secret1@127.0.0.1:1,nosuch.invalid:2/shop";

  await assert.rejects(connectTo(url), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.equal(
      error.message,
      'Cannot connect to database "shop" as no host will do: ' +
        "127.0.0.1:1: the connection was refused; " +
        'nosuch.invalid:2: the host name "nosuch.invalid" is not known',
    );
    return true;
  });
});

Deno.test("connect() leaves the other hosts when one knows better", async () => {
  await using refusing = startFakeServer(answeringOnce(fatal("28P01", "no")));
  await using open = startFakeServer(answering(welcome(MODERN)));
  const url = `postgres://u@127.0.0.1:${refusing.port},127.0.0.1:${open.port}` +
    "/d?sslmode=disable";

  await assert.rejects(connectTo(url), /rejects the password/);
  assert.equal(open.clients, 0);
});

/** Which of a standby and a primary, in this order, is taken. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "any": "standby",
  "read-write": "primary",
  "primary": "primary",
  "read-only": "standby",
  "standby": "standby",
  "prefer-standby": "standby",
};

for (const [wanted, expected] of Object.entries(ATTRIBUTES)) {
  Deno.test(`connect() finds a server that is ${wanted}`, async () => {
    await using standby = startFakeServer(answering(welcome(STANDBY)));
    await using primary = startFakeServer(answering(welcome(PRIMARY)));
    const url = `postgres://u@127.0.0.1:${standby.port},127.0.0.1:` +
      `${primary.port}/d?sslmode=disable&target_session_attrs=${wanted}`;

    await using connection = await connectTo(url);

    const port = expected === "standby" ? standby.port : primary.port;
    assert.equal(connection.target.port, port);
  });
}

Deno.test("connect() takes a primary when no standby is there", async () => {
  await using primary = startFakeServer(answering(welcome(PRIMARY)));
  const url = `postgres://u@127.0.0.1:${primary.port}/d` +
    "?sslmode=disable&target_session_attrs=prefer-standby";

  await using connection = await connectTo(url);

  assert.equal(connection.target.port, primary.port);
});

Deno.test("connect() says that only a standby is there", async () => {
  await using standby = startFakeServer(answering(welcome(STANDBY)));
  const url = `postgres://u@127.0.0.1:${standby.port}/d` +
    "?sslmode=disable&target_session_attrs=read-write";

  await assert.rejects(connectTo(url), /as the server is not "read-write"$/);
});

Deno.test("a server that talks nonsense loses the connection, not the process", async () => {
  const row = message("D", number(0x7fffffff), text("x"));
  await using server = startFakeServer(async (client) => {
    await client.read(new Uint8Array(1_000));
    await client.write(welcome(MODERN));
    await client.read(new Uint8Array(1_000));
    await client.write(row);
    await client.read(new Uint8Array(1_000));
  });
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;
  await using connection = await connectTo(url);

  await assert.rejects(connection.run("SELECT 1"), { code: "connection_lost" });
  assert.equal((await connection.lost).code, "connection_lost");
});

Deno.test("a connection that is cut rejects all that wait", async () => {
  await using server = startFakeServer(async (client) => {
    await client.read(new Uint8Array(1_000));
    await client.write(welcome(MODERN));
    await client.read(new Uint8Array(1_000));
  });
  const url = `postgres://u@127.0.0.1:${server.port}/d?sslmode=disable`;
  await using connection = await connectTo(url);

  const outcomes = await Promise.allSettled([
    connection.run("SELECT 1"),
    connection.query("SELECT $1", [1]),
    connection.lost,
  ]);

  assert.deepEqual(
    outcomes.map((one) => one.status),
    ["rejected", "rejected", "fulfilled"],
  );
});
