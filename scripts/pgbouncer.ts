import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./npm_package.ts";
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
  const folder = join(cacheDirectory(), "pgbouncer");
  const isThere = existsSync(join(folder, PROGRAM)) ||
    await fetchFromDebian(folder);
  return isThere ? folder : undefined;
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
  if (root !== "/") await run("cp", ["-a", join(root, "usr"), folder]);
  await run("chmod", ["-R", "a+rX", folder]);
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

const LIBRARIES = ["x86_64", "aarch64"]
  .map((machine) => `usr/lib/${machine}-linux-gnu`);

async function fetchFromDebian(folder: string): Promise<boolean> {
  const work = await Deno.makeTempDir({ prefix: "lockstep-debian-" });
  try {
    const depends = await run("apt-cache", ["depends", "pgbouncer"]);
    const libraries = depends.split("\n").flatMap((line) =>
      /Depends: (libevent-2\S+|libc-?ares2)$/.exec(line)?.[1] ?? []
    );
    if (libraries.length === 0) return false;
    const script = 'cd "$1" && shift && apt-get download "$@" && ' +
      "for package in *.deb; do dpkg -x $package root || exit 1; done";
    const { success } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", work, "pgbouncer", ...libraries],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) return false;
    await Deno.mkdir(cacheDirectory(), { recursive: true });
    await run("cp", ["-a", join(work, "root"), `${folder}.${Deno.pid}`]);
    await Deno.rename(`${folder}.${Deno.pid}`, folder);
    return true;
  } catch (error) {
    // No such program: not a Debian.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
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

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, {
    args: [...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
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
