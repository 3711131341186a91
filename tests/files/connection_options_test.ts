import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError } from "../../src/errors.ts";
import {
  type ConnectionInput,
  type ConnectionOptions,
  resolveConnectionOptions,
} from "../../src/io/postgres/connection_options.ts";

/** A home directory with these files, removed when the test is over. */
async function withHome(
  files: Readonly<Record<string, string>>,
  test: (home: string) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(home, ".postgresql"));
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(home, name), text, { mode: 0o600 });
    }
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function resolve(
  input: Partial<ConnectionInput> = {},
): Promise<ConnectionOptions> {
  return resolveConnectionOptions({
    env: {},
    homeDir: "/nonexistent",
    userName: "ann",
    applicationName: "lockstep/1.0",
    ...input,
  });
}

Deno.test("resolveConnectionOptions() has libpq's defaults", async () => {
  const options = await resolve();

  assert.deepEqual(
    options.hosts.map(({ host, port }) => `${host}:${port}`),
    ["/var/run/postgresql:5432", "/tmp:5432"],
  );
  assert.equal(options.user, "ann");
  assert.equal(options.database, "ann");
  assert.equal(options.applicationName, "lockstep/1.0");
  assert.equal(options.tls.mode, "prefer");
  assert.equal(options.sessionAttributes, "any");
  assert.equal(options.channelBinding, "prefer");
  assert.equal(options.keepAliveIdleMs, 30_000);
  assert.equal(options.connectTimeoutMs, 10_000);
});

Deno.test("resolveConnectionOptions() reads the PG* variables", async () => {
  const options = await resolve({
    env: {
      PGHOST: "db1,db2",
      PGPORT: "5433",
      PGDATABASE: "shop",
      PGUSER: "bob",
      PGPASSWORD: "secret",
      PGAPPNAME: "mine",
      PGSSLMODE: "require",
      PGCONNECT_TIMEOUT: "3",
      PGTARGETSESSIONATTRS: "read-write",
      PGOPTIONS: "-c a=b",
      PGCHANNELBINDING: "disable",
      PGUSELESS: "x",
    },
  });

  assert.deepEqual(
    options.hosts.map(({ host, port, password }) =>
      `${host}:${port}:${password?.()}`
    ),
    ["db1:5433:secret", "db2:5433:secret"],
  );
  assert.equal(options.database, "shop");
  assert.equal(options.user, "bob");
  assert.equal(options.applicationName, "mine");
  assert.equal(options.tls.mode, "require");
  assert.equal(options.connectTimeoutMs, 3_000);
  assert.equal(options.sessionAttributes, "read-write");
  assert.equal(options.startupOptions, "-c a=b");
  assert.equal(options.channelBinding, "disable");
});

Deno.test("resolveConnectionOptions() prefers the URL, then the service, then the variables", async () => {
  const service = "[s]\nhost=service\nport=1\ndbname=service\nuser=service\n";
  await withHome({ ".pg_service.conf": service }, async (homeDir) => {
    const options = await resolve({
      databaseUrl: "postgres://url/?service=s&port=2",
      homeDir,
      env: { PGHOST: "env", PGDATABASE: "env", PGAPPNAME: "env" },
    });

    const [host] = options.hosts;
    assert.equal(host?.host, "url");
    assert.equal(host?.port, 2);
    assert.equal(options.database, "service");
    assert.equal(options.user, "service");
    assert.equal(options.applicationName, "env");
  });
});

Deno.test("resolveConnectionOptions() looks for a service in each file", async () => {
  const files = {
    ".pg_service.conf": "[a]\n",
    "pg_service.conf": "[b]\nhost=h",
  };
  await withHome(files, async (homeDir) => {
    const env = { PGSERVICE: "b", PGSYSCONFDIR: homeDir };

    const options = await resolve({ homeDir, env });

    assert.equal(options.hosts[0]?.host, "h");
  });
});

Deno.test("resolveConnectionOptions() refuses an unknown service", async () => {
  await assert.rejects(resolve({ env: { PGSERVICE: "nope" } }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      /service "nope" as no service file defines it$/,
    );
    return true;
  });
});

Deno.test("resolveConnectionOptions() refuses a service file that is missing", async () => {
  const env = { PGSERVICE: "a", PGSERVICEFILE: "/nonexistent/x" };

  await assert.rejects(resolve({ env }), { code: "config_unreadable" });
});

Deno.test("resolveConnectionOptions() finds the password of each host", async () => {
  const lines = "db1:*:*:ann:one\n*:5433:*:*:two\nlocalhost:*:*:*:socket\n";
  await withHome({ ".pgpass": lines }, async (homeDir) => {
    const options = await resolve({
      homeDir,
      databaseUrl: "host=db1,db2,db3,/tmp port=1,5433,3,4",
    });

    assert.deepEqual(
      options.hosts.map(({ password }) => password?.()),
      ["one", "two", undefined, "socket"],
    );
    assert.deepEqual(options.warnings, []);
  });
});

Deno.test("resolveConnectionOptions() ignores a password file that others may read", async () => {
  await withHome({ ".pgpass": "*:*:*:*:secret" }, async (homeDir) => {
    await Deno.chmod(join(homeDir, ".pgpass"), 0o640);

    const options = await resolve({ homeDir });

    assert.equal(options.hosts[0]?.password, undefined);
    assert.match(options.warnings[0] ?? "", /others may read it: chmod 600/);
  });
});

Deno.test("resolveConnectionOptions() ignores a password file that is a folder", async () => {
  const options = await resolve({ env: { PGPASSFILE: "/" } });

  assert.match(options.warnings[0] ?? "", /as it is not a file$/);
});

Deno.test("resolveConnectionOptions() reads PGPASSWORD_FILE without its line break", async () => {
  await withHome({ secret: " s p \n" }, async (homeDir) => {
    const env = { PGPASSWORD_FILE: join(homeDir, "secret") };

    const options = await resolve({ env });

    assert.equal(options.hosts[0]?.password?.(), " s p ");
  });
});

Deno.test("resolveConnectionOptions() leaves PGPASSWORD_FILE when the URL has a password", async () => {
  const options = await resolve({
    databaseUrl: "postgres://u:given@h/d",
    env: { PGPASSWORD_FILE: "/nonexistent/x" },
  });

  assert.equal(options.hosts[0]?.password?.(), "given");
});

/** What cannot be resolved, and what is said about it. */
const REFUSED:
  readonly (readonly [string, Partial<ConnectionInput>, RegExp])[] = [
    [
      "two passwords",
      { env: { PGPASSWORD: "a", PGPASSWORD_FILE: "/b" } },
      /PGPASSWORD and PGPASSWORD_FILE are both set$/,
    ],
    [
      "a missing secret",
      { env: { PGPASSWORD_FILE: "/nonexistent/b" } },
      /PGPASSWORD_FILE as the file that it names cannot be read$/,
    ],
    [
      "a bad variable",
      { env: { PGSSLMODE: "full" } },
      /environment variable PGSSLMODE as "sslmode" has an unsupported value$/,
    ],
    [
      "revocation lists",
      { env: { PGSSLCRL: "/x" } },
      /"sslcrl" of the environment variable PGSSLCRL as revocation lists/,
    ],
    [
      "a bad timeout",
      { databaseUrl: "connect_timeout=soon" },
      /"connect_timeout" as it is not a whole number of seconds$/,
    ],
    [
      "verification without a root",
      { databaseUrl: "postgres://h/d?sslmode=verify-full" },
      /no root certificate "\/nonexistent\/.postgresql\/root.crt"$/,
    ],
    [
      "a missing root",
      { databaseUrl: "postgres://h/d?sslrootcert=/nonexistent/ca" },
      /Cannot read "\/nonexistent\/ca" as there is no such file$/,
    ],
    [
      "the system's roots for less than all",
      { databaseUrl: "postgres://h/d?sslrootcert=system&sslmode=require" },
      /sslrootcert=system as sslmode is "require"$/,
    ],
    [
      "direct TLS that is not required",
      { databaseUrl: "postgres://h/d?sslnegotiation=direct" },
      /sslnegotiation=direct as sslmode is "prefer"$/,
    ],
  ];

for (const [name, input, expected] of REFUSED) {
  Deno.test(`resolveConnectionOptions() refuses ${name}`, async () => {
    await assert.rejects(resolve(input), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, expected);
      assert.ok(error.hint);
      return true;
    });
  });
}

Deno.test("resolveConnectionOptions() asks nothing of a variable that the URL overrides", async () => {
  const options = await resolve({
    databaseUrl: "postgres://h/d?sslmode=disable",
    env: { PGSSLMODE: "full" },
  });

  assert.equal(options.tls.mode, "disable");
});

Deno.test("resolveConnectionOptions() needs no certificates for sockets", async () => {
  const options = await resolve({
    databaseUrl: "postgres:///d?host=/tmp&sslmode=verify-full",
  });

  assert.equal(options.tls.verify, "nothing");
});

Deno.test("resolveConnectionOptions() reads the times", async () => {
  const options = await resolve({
    databaseUrl: "connect_timeout=0 keepalives_idle=5",
  });
  const without = await resolve({
    databaseUrl: "connect_timeout=7 keepalives=0",
    connectTimeoutMs: 1_500,
  });

  assert.equal(options.connectTimeoutMs, 0);
  assert.equal(options.keepAliveIdleMs, 5_000);
  assert.equal(without.connectTimeoutMs, 1_500);
  assert.equal(without.keepAliveIdleMs, undefined);
});

Deno.test("printing connection options shows no password", async () => {
  const options = await resolve({ databaseUrl: "postgres://u:Secret1@h/d" });

  const printed = Deno.inspect(options, { depth: 9 }) + JSON.stringify(options);

  assert.doesNotMatch(printed, /Secret1/);
});
