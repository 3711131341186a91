import type { ConfigFileSystem, FileFacts } from "../io/config_file.ts";
import type { StopSignal } from "../errors.ts";

/** The process that the command line runs in; tests have one of their own. */
export interface Host extends ConfigFileSystem {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws when the folder is gone. */
  readonly cwd: string;
  readonly homeDir: string | undefined;
  /** The user of the operating system that the process runs as. */
  readonly userName: string | undefined;
  /** Such as `Deno 2.9.6`. */
  readonly runtime: string;
  readonly terminals: Readonly<Record<StreamName, Terminal | undefined>>;
  /**
   * Queues the text and never waits: a reader that is slow holds nothing up.
   * Text for a reader that has gone is dropped, and what the standard error
   * does not take, for there is nobody left to tell.
   */
  write(stream: StreamName, text: string): void;
  /** Waits until all is written. Throws when a part of the result was not. */
  flush(): Promise<void>;
  /** Milliseconds, from any start. */
  now(): number;
  readTextFile(path: string): string;
  readStdin(): AsyncIterable<Uint8Array>;
  /** Whether a person can type an answer. */
  readonly canReadLine: boolean;
  /** The next line that is typed; undefined at the end of the input. */
  readLine(): Promise<string | undefined>;
  onSignal(listener: (signal: StopSignal) => void): void;
  /** Ends the process without waiting for anything. */
  exitNow(code: number): void;
}

/** One of the two streams that are written to. */
export type StreamName = "stdout" | "stderr";

/** A stream that a person looks at. */
export interface Terminal {
  readonly columns: number;
}

/** The host that is the Deno process itself. */
export function denoHost(): Host {
  const writer = createWriter();
  const env = Deno.env.toObject();
  return {
    args: Deno.args,
    env,
    get cwd() {
      return Deno.cwd();
    },
    get homeDir() {
      return env.HOME || env.USERPROFILE || findAccount()?.homeDir;
    },
    get userName() {
      return findAccount()?.name ?? (env.USER || env.LOGNAME || env.USERNAME);
    },
    runtime: `Deno ${Deno.version.deno}`,
    terminals: {
      stdout: findTerminal(Deno.stdout),
      stderr: findTerminal(Deno.stderr),
    },
    write: writer.write,
    flush: writer.flush,
    now: () => performance.now(),
    readTextFile: (path) => Deno.readTextFileSync(path),
    findFacts,
    readBytes: (path) => Deno.readFileSync(path),
    get userId() {
      return Deno.uid() ?? undefined;
    },
    readStdin: () => Deno.stdin.readable,
    canReadLine: Deno.stdin.isTerminal(),
    readLine: createLineReader(),
    onSignal(listener) {
      Deno.addSignalListener("SIGINT", () => listener("SIGINT"));
      if (Deno.build.os === "windows") return;
      Deno.addSignalListener("SIGTERM", () => listener("SIGTERM"));
      const isWatched = hasTerminal();
      Deno.addSignalListener("SIGHUP", () => {
        if (isWatched) listener("SIGHUP");
      });
    },
    exitNow: (code) => Deno.exit(code),
  };
}

function createWriter(): Pick<Host, "write" | "flush"> {
  const closed = new Set<StreamName>();
  let failure: { readonly error: unknown } | undefined;
  const waiting: { readonly stream: StreamName; text: string }[] = [];
  let tail = Promise.resolve();
  async function writeNext(): Promise<void> {
    const next = waiting.shift();
    if (next === undefined || closed.has(next.stream)) return;
    const { stream, text } = next;
    try {
      const end = await writeAll(stream, new TextEncoder().encode(text));
      if (end === "closed") closed.add(stream);
    } catch (error) {
      closed.add(stream);
      if (stream === "stdout") failure ??= { error };
    }
  }
  return {
    write(stream, text) {
      // What comes while another write is under way is written at once.
      const last = waiting.at(-1);
      if (last?.stream === stream) {
        last.text += text;
        return;
      }
      waiting.push({ stream, text });
      tail = tail.then(writeNext);
    },
    async flush() {
      await tail;
      if (failure === undefined) return;
      const { error } = failure;
      failure = undefined;
      throw error;
    },
  };
}

const RETRY_MS = 5;

async function writeAll(
  stream: StreamName,
  bytes: Uint8Array,
): Promise<"written" | "closed"> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += await Deno[stream].write(bytes.subarray(written));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return "closed";
      // A pipe that its other owner made non-blocking is full for a moment.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return "written";
}

function createLineReader(): Host["readLine"] {
  const decoder = new TextDecoder();
  let unread = "";
  return async () => {
    const chunk = new Uint8Array(1024);
    while (!unread.includes("\n")) {
      const size = await Deno.stdin.read(chunk);
      if (size === null) break;
      unread += decoder.decode(chunk.subarray(0, size), { stream: true });
    }
    const [line = "", ...rest] = unread.split("\n");
    const isAtEnd = rest.length === 0 && line === "";
    unread = rest.join("\n");
    return isAtEnd ? undefined : line;
  };
}

function findTerminal(
  stream: typeof Deno.stdout | typeof Deno.stderr,
): Terminal | undefined {
  if (!stream.isTerminal()) return undefined;
  try {
    const { columns } = Deno.consoleSize();
    return { columns: columns > 0 ? columns : DEFAULT_COLUMNS };
  } catch {
    // A terminal that does not know its size, such as a serial console.
    return { columns: DEFAULT_COLUMNS };
  }
}

const DEFAULT_COLUMNS = 80;

function findFacts(path: string): FileFacts | undefined {
  try {
    const info = Deno.lstatSync(path);
    return factsOf(info.isSymlink ? followLink(path) ?? info : info);
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { kind: "hidden", sizeBytes: 0 };
  }
}

function followLink(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

function factsOf(info: Deno.FileInfo): FileFacts {
  const folder = info.isDirectory ? "folder" : "other";
  return {
    kind: info.isFile ? "file" : folder,
    sizeBytes: info.size,
    ...(info.uid === null ? {} : { owner: info.uid }),
  };
}

interface Account {
  readonly name: string;
  readonly homeDir: string;
}

/**
 * The account that the process runs as, which libpq takes as the default user
 * name. Read from a file, since the system's list is out of Deno's reach.
 */
function findAccount(): Account | undefined {
  const uid = Deno.uid();
  const entry = readIfThere("/etc/passwd").split("\n")
    .map((line) => line.split(":"))
    .find((fields) => uid !== null && fields[2] === String(uid));
  const [name, , , , , homeDir] = entry ?? [];
  return name === undefined || homeDir === undefined
    ? undefined
    : { name, homeDir };
}

/**
 * Under nohup none of the three is a terminal. That the signal is ignored then
 * Deno neither tells nor keeps to.
 */
function hasTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Another system, or an image without accounts.
    return "";
  }
}
