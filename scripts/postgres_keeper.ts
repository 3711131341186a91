import { existsSync } from "node:fs";
import { join } from "node:path";

/** How a server is brought down, as `pg_ctl stop --mode` names it. */
export type ShutdownMode = "smart" | "fast" | "immediate";

const SHUTDOWN_SIGNALS: Record<ShutdownMode, string> = {
  smart: "TERM",
  fast: "INT",
  immediate: "QUIT",
};

/** The shell that owns the server, and outlives this process if need be. */
export class PostgresKeeper {
  readonly folder: string;
  readonly password: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: ReadableStreamDefaultReader<string>;
  #released: Promise<void> | undefined;

  /** Starts the shell; the server comes with `create` and `start`. */
  static async spawn(folder: string): Promise<PostgresKeeper> {
    const source = new URL("./postgres_keeper.sh", import.meta.url);
    const child = new Deno.Command("/bin/sh", {
      args: [
        "-c",
        await Deno.readTextFile(source),
        "keeper",
        folder,
        join(folder, "native/bin"),
      ],
      cwd: "/",
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
        LC_ALL: "C",
        TZ: "UTC",
      },
      // A terminal's Ctrl-C must reach the tests, not the server under them.
      detached: true,
      stdin: "piped",
      stdout: "piped",
      ...unprivilegedUser(),
    }).spawn();
    return new PostgresKeeper(folder, child);
  }

  private constructor(folder: string, child: Deno.ChildProcess) {
    this.folder = folder;
    this.password = crypto.randomUUID();
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#answers = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  /** Makes an empty cluster. */
  async create(): Promise<void> {
    const password = join(this.folder, "password");
    await Deno.writeTextFile(password, this.password);
    const answer = await this.#ask("create");
    if (answer === "created") return;
    const log = await Deno.readTextFile(join(this.folder, "server.log"));
    throw new Error(`Cannot start PostgreSQL as initdb said:\n${log}`);
  }

  /** Starts the server; its process id. */
  async start(): Promise<number> {
    return Number(await this.#ask("start"));
  }

  /** Stops the server and keeps its data. */
  async halt(mode: ShutdownMode): Promise<void> {
    await this.#ask(`stop ${SHUTDOWN_SIGNALS[mode]}`);
  }

  /** Stops the server and removes its folder. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    await this.#input.close();
    await this.#child.status;
    await this.#answers.cancel();
    // The keeper empties it, but may not be allowed to remove it.
    if (existsSync(this.folder)) {
      await Deno.remove(this.folder, { recursive: true });
    }
  }

  async #ask(line: string): Promise<string> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    const { value } = await this.#answers.read();
    if (value === undefined) {
      throw new Error("Cannot use PostgreSQL as its keeper has gone");
    }
    return value.trim();
  }
}

/** PostgreSQL refuses to run as root: then it runs as "nobody". */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (Deno.uid() !== 0) return undefined;
  const users = Deno.readTextFileSync("/etc/passwd");
  const ids = /^nobody:[^:]*:(\d+):(\d+):/m.exec(users);
  if (ids === null) {
    throw new Error(
      'Cannot start PostgreSQL as root has no user "nobody" to run it as',
    );
  }
  return { uid: Number(ids[1]), gid: Number(ids[2]) };
}
