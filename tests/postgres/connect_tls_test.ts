import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import { ConfigError, ConnectionError } from "../../src/errors.ts";
import type { Connection } from "../../src/io/postgres/connection.ts";
import {
  canMakeCertificates,
  type Certificates,
  certify,
  certifyVersion1,
  makeCertificates,
  openssl,
} from "../helpers/certificates.ts";
import { connectTo } from "../helpers/connecting.ts";

const ignore = !canMakeCertificates();
const RULES = [
  "hostssl all cert_user all cert",
  "hostssl all tls_only all scram-sha-256",
  "host all tls_only all reject",
  "hostnossl all plain_only all scram-sha-256",
  "host all plain_only all reject",
  "host all md5_user all md5",
  "host all clear_user all password",
];

/** Both are made once: no test changes them. */
let server: EmbeddedPostgres;
let certificates: Certificates;

Deno.test.beforeAll(async () => {
  if (ignore) return;
  server = await startPostgres({ accessRules: RULES });
  certificates = await makeCertificates();
  const name = { commonName: "localhost", alternativeName: "DNS:localhost" };
  await certify(certificates, "server", name);
  await certify(certificates, "expired", { ...name, validity: "expired" });
  const client = { commonName: "cert_user", alternativeName: "DNS:client" };
  await certify(certificates, "client", client);
  await certifyVersion1(certificates, "old");
  await openssl(certificates.folder, [
    ..."rsa -aes256 -passout pass:open -in client.key".split(" "),
    ...["-out", "locked.key"],
  ]);
  await Deno.chmod(certificates.path("locked.key"), 0o600);
  await turnTlsOn();
});

Deno.test.afterAll(async () => {
  if (ignore) return;
  await server.stop();
  await Deno.remove(certificates.folder, { recursive: true });
});

async function turnTlsOn(): Promise<void> {
  const { uid, gid } = await Deno.stat(server.dataDir);
  for (const file of ["server.crt", "server.key", "ca.crt"]) {
    const copy = join(server.dataDir, file);
    await Deno.copyFile(certificates.path(file), copy);
    await Deno.chown(copy, uid, gid);
  }
  await using connection = await connectTo(server.url);
  await connection.run("ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
  await connection.run("ALTER SYSTEM SET ssl = on");
  await connection.run("SELECT pg_reload_conf()");
  for (const role of ["cert_user", "tls_only", "plain_only", "clear_user"]) {
    await connection.run(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
  }
  await connection.run(
    "SET password_encryption = md5; CREATE ROLE md5_user LOGIN PASSWORD 'pw'",
  );
}

/** A connection as this user, with these parameters in the URL. */
async function open(user: string, query: string): Promise<Connection> {
  const password = user === "postgres" ? server.password : "pw";
  const text = query
    .replace("CA", certificates.path("ca.crt"))
    .replace("OTHER", certificates.path("other.crt"));
  return await connectTo(
    `postgres://${user}:${password}@localhost:${server.port}/postgres?${text}`,
  );
}

async function isEncrypted(connection: Connection): Promise<boolean> {
  const { rows } = await connection.query(
    "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    [],
  );
  return rows[0]?.[0] === "t";
}

/** What connects, and whether it is encrypted then. */
const CONNECTS: readonly (readonly [string, string, boolean])[] = [
  ["postgres", "", true],
  ["postgres", "sslmode=disable", false],
  ["postgres", "sslmode=allow", false],
  ["postgres", "sslmode=require", true],
  ["postgres", "sslmode=require&sslrootcert=CA", true],
  ["postgres", "sslmode=verify-ca&sslrootcert=CA", true],
  ["postgres", "sslmode=verify-full&sslrootcert=CA", true],
  ["postgres", "sslmode=verify-full&sslrootcert=CA&hostaddr=127.0.0.1", true],
  ["postgres", "sslmode=verify-ca&sslrootcert=CA&host=127.0.0.1", true],
  ["postgres", "sslmode=require&sslnegotiation=direct", true],
  [
    "postgres",
    "sslmode=verify-full&sslrootcert=CA&sslnegotiation=direct",
    true,
  ],
  ["postgres", "sslmode=require&channel_binding=require", true],
  ["postgres", "sslmode=require&channel_binding=disable", true],
  ["postgres", "sslmode=prefer&sslrootcert=OTHER", false],
  ["tls_only", "", true],
  ["tls_only", "sslmode=allow", true],
  ["plain_only", "", false],
  ["plain_only", "sslmode=allow", false],
  ["md5_user", "", true],
  ["clear_user", "", true],
];

for (const [user, query, encrypted] of CONNECTS) {
  Deno.test({
    name: `connect() lets ${user} in with "${query}"`,
    ignore,
    async fn() {
      await using connection = await open(user, query);

      assert.equal(await isEncrypted(connection), encrypted);
    },
  });
}

const NOT_TRUSTED = /as the server's certificate is not trusted$/;
const NO_BINDING = /does not offer the channel binding that is required$/;

/** What does not connect, and what is said about it. */
const FAILS: readonly (readonly [string, string, RegExp])[] = [
  ["postgres", "sslmode=require&sslrootcert=OTHER", NOT_TRUSTED],
  ["postgres", "sslmode=verify-ca&sslrootcert=OTHER", NOT_TRUSTED],
  ["postgres", "sslmode=verify-full&sslrootcert=OTHER", NOT_TRUSTED],
  ["postgres", "sslrootcert=system", NOT_TRUSTED],
  [
    "postgres",
    "sslmode=verify-full&sslrootcert=CA&host=127.0.0.1",
    /as the server's certificate is not for "127\.0\.0\.1"$/,
  ],
  ["tls_only", "sslmode=disable", /does not let user "tls_only" in: .*rejects/],
  ["plain_only", "sslmode=require", /does not let user "plain_only" in/],
  ["cert_user", "sslmode=require", /requires a valid client certificate$/],
  ["postgres", "sslmode=disable&channel_binding=require", NO_BINDING],
  ["md5_user", "sslmode=require&channel_binding=require", NO_BINDING],
  ["clear_user", "sslmode=require&channel_binding=require", NO_BINDING],
];

for (const [user, query, expected] of FAILS) {
  Deno.test({
    name: `connect() does not let ${user} in with "${query}"`,
    ignore,
    async fn() {
      await assert.rejects(open(user, query), (error) => {
        assert.ok(error instanceof ConnectionError, String(error));
        assert.match(error.message, expected);
        assert.doesNotMatch(error.message, /pw|Secret/);
        return true;
      });
    },
  });
}

Deno.test({
  name: "connect() shows a client certificate",
  ignore,
  async fn() {
    const query = clientQuery("client.crt", "client.key");

    await using connection = await open("cert_user", query);

    const { rows } = await connection.query("SELECT current_user", []);
    assert.deepEqual(rows, [["cert_user"]]);
  },
});

Deno.test({
  name: "connect() opens an encrypted key of a client certificate",
  ignore,
  async fn() {
    const query = clientQuery("client.crt", "locked.key");

    await using connection = await open(
      "cert_user",
      `${query}&sslpassword=open`,
    );

    assert.equal(await isEncrypted(connection), true);
  },
});

Deno.test({
  name: "connect() takes a client certificate of version 1 or says why not",
  ignore: ignore || !/^2\.[0-8]\./.test(process.versions.deno ?? ""),
  async fn() {
    await assert.rejects(
      open("cert_user", clientQuery("old.crt", "old.key")),
      /as it is X\.509 version 1$/,
    );
  },
});

/** Certificates and keys that cannot be used, and what is said. */
const BAD_PAIRS: readonly (readonly [string, string, RegExp])[] = [
  ["client.crt", "server.key", /as its key is another$/],
  ["client.crt", "locked.key", /locked\.key" as it cannot be read$/],
  ["client.crt", "client.crt", /as it cannot be read$|others may read it$/],
  ["client.key", "client.key", /as it is not a certificate in PEM$/],
  ["client.crt", "none.key", /none\.key" as there is no such file$/],
  ["none.crt", "client.key", /none\.crt" as there is no such file$/],
];

for (const [certificate, key, expected] of BAD_PAIRS) {
  Deno.test({
    name: `connect() refuses ${certificate} with ${key} before it connects`,
    ignore,
    async fn() {
      const opening = open("cert_user", clientQuery(certificate, key));

      await assert.rejects(opening, (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, expected);
        return true;
      });
    },
  });
}

Deno.test({
  name: "connect() refuses a key that others may read",
  ignore,
  async fn() {
    const path = certificates.path("open.key");
    await Deno.copyFile(certificates.path("client.key"), path);
    await Deno.chmod(path, 0o644);

    await assert.rejects(
      open("cert_user", clientQuery("client.crt", "open.key")),
      /as others may read it$/,
    );
  },
});

Deno.test({
  name: "connect() says that the server's certificate has expired",
  ignore,
  async fn() {
    using listener = Deno.listenTls({
      hostname: "127.0.0.1",
      port: 0,
      cert: await Deno.readTextFile(certificates.path("expired.crt")),
      key: await Deno.readTextFile(certificates.path("expired.key")),
      alpnProtocols: ["postgresql"],
    });
    const accepted = acceptOne(listener);
    const url = `postgres://u@localhost:${listener.addr.port}/d` +
      "?sslmode=verify-full&sslnegotiation=direct" +
      `&sslrootcert=${certificates.path("ca.crt")}`;

    await assert.rejects(
      connectTo(url),
      /as the server's certificate has expired$/,
    );
    await accepted;
  },
});

Deno.test({
  name: "cancel() reaches a server over TLS",
  ignore,
  async fn() {
    await using connection = await open("postgres", "sslmode=require");
    const sleep = connection.run("SELECT pg_sleep(60)").catch((e) => e);
    await delay(50);

    await connection.cancel();

    assert.equal((await sleep).fields.sqlstate, "57014");
  },
});

Deno.test({
  name: "connect() finishes TLS each time",
  ignore,
  async fn() {
    for (let count = 0; count < 40; count++) {
      await using connection = await open("tls_only", "connect_timeout=3");
      assert.equal(await isEncrypted(connection), true);
    }
  },
});

/** Shakes hands with one client, which turns away. */
async function acceptOne(listener: Deno.TlsListener): Promise<void> {
  using client = await listener.accept();
  await client.handshake().catch(() => {});
}

function clientQuery(certificate: string, key: string): string {
  return `sslmode=require&sslcert=${certificates.path(certificate)}` +
    `&sslkey=${certificates.path(key)}`;
}
