import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  dependenciesOf,
  fetchFromDebian,
  LIBRARIES,
  runProgram,
} from "./debian.ts";
import { unprivilegedUser } from "./postgres_keeper.ts";

/** Which server connection a client of PgBouncer has, and for how long. */
export type PoolMode = "session" | "transaction" | "statement";

/** What may be chosen about a pooler. */
export interface PgBouncerOptions {
  readonly mode: PoolMode;
  /** Connections to the server for each database and user. */
  readonly poolSize?: number;
}

/** A running PgBouncer in front of a server. */
export interface PgBouncer extends AsyncDisposable {
  /** The URL of a database, by way of the pooler. */
  via(databaseUrl: string): string;
}

/**
 * The folder above `usr/sbin/pgbouncer`: that of the system, or the cache, into
 * which it is fetched from Debian without root; undefined where neither is
 * possible.
 */
export async function findPgBouncer(): Promise<string | undefined> {
  if (existsSync(join("/", PROGRAM))) return "/";
  return await fetchFromDebian("pgbouncer", choosePackages);
}

const PROGRAM = "usr/sbin/pgbouncer";

/** Starts PgBouncer in front of the server of a URL. */
export async function startPgBouncer(
  root: string,
  databaseUrl: string,
  options: PgBouncerOptions,
): Promise<PgBouncer> {
  const server = new URL(databaseUrl);
  const folder = await Deno.makeTempDir({ prefix: "lockstep-pgbouncer-" });
  const port = findFreePort();
  await Deno.writeTextFile(
    join(folder, "users.txt"),
    `"${server.username}" "${decodeURIComponent(server.password)}"\n`,
  );
  await Deno.writeTextFile(
    join(folder, "pgbouncer.ini"),
    configuration(folder, { server, port, ...options }),
  );
  // Root's cache lies where "nobody" cannot look.
  if (root !== "/") await runProgram("cp", ["-a", join(root, "usr"), folder]);
  await runProgram("chmod", ["-R", "a+rX", folder]);
  const own = root === "/" ? "/" : folder;
  const child = new Deno.Command(join(own, PROGRAM), {
    args: [join(folder, "pgbouncer.ini")],
    clearEnv: true,
    env: { LD_LIBRARY_PATH: LIBRARIES.map((dir) => join(own, dir)).join(":") },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...unprivilegedUser(),
  }).spawn();
  await waitForPort(port);
  return {
    via(url) {
      const pooled = new URL(url);
      pooled.port = String(port);
      return pooled.href;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function choosePackages(): Promise<readonly string[]> {
  const libraries = (await dependenciesOf("pgbouncer"))
    .filter((name) => /^libevent-2|^libc-?ares2$/.test(name));
  return libraries.length === 0 ? [] : ["pgbouncer", ...libraries];
}

function configuration(
  folder: string,
  { server, port, mode, poolSize = 20 }: PgBouncerOptions & {
    readonly server: URL;
    readonly port: number;
  },
): string {
  return `[databases]
* = host=${server.hostname} port=${server.port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, "users.txt")}
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 200
server_tls_sslmode = disable
`;
}

function findFreePort(): number {
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  probe.close();
  return probe.addr.port;
}

async function waitForPort(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error("Cannot start PgBouncer as it does not listen");
}
