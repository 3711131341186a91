import type { Host, StreamName } from "../../../src/cli/host.ts";
import type { StopSignal } from "../../../src/errors.ts";

/** What a test chooses about the process. */
export interface FakeProcess {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** By path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** What is typed, line by line, before the end; nothing yet when empty. */
  readonly typed?: readonly string[];
  readonly terminal?: "yes" | "no";
  readonly cwd?: string;
  readonly lostOutput?: Error;
}

/** A process that remembers what was done to it. */
export interface FakeHost extends Host {
  readonly written: Record<StreamName, string>;
  readonly exits: number[];
  time: number;
  send(signal: StopSignal): void;
}

/** A host in memory. */
export function fakeHost(given: FakeProcess = {}): FakeHost {
  const terminal = given.terminal === "yes" ? { columns: 80 } : undefined;
  const listeners: ((signal: StopSignal) => void)[] = [];
  const typed = [...given.typed ?? []];
  const host: FakeHost = {
    args: given.args ?? [],
    env: given.env ?? {},
    get cwd() {
      if (given.cwd === undefined) throw new Error("No such directory");
      return given.cwd;
    },
    homeDir: "/home/app",
    userName: "app",
    runtime: "Deno 0.0.0",
    terminals: { stdout: terminal, stderr: terminal },
    written: { stdout: "", stderr: "" },
    exits: [],
    time: 0,
    write(stream, text) {
      host.written[stream] += text;
    },
    flush: () =>
      given.lostOutput === undefined
        ? Promise.resolve()
        : Promise.reject(given.lostOutput),
    now: () => host.time,
    readTextFile(path) {
      const text = given.files?.[path];
      if (text === undefined) throw new Error(`No such file: ${path}`);
      return text;
    },
    findFacts(path) {
      const text = given.files?.[path];
      if (text === undefined) return undefined;
      return { kind: "file", sizeBytes: text.length };
    },
    readBytes: (path) => new TextEncoder().encode(host.readTextFile(path)),
    userId: undefined,
    async *readStdin() {
      yield await Promise.resolve(new TextEncoder().encode(given.stdin));
    },
    canReadLine: given.typed !== undefined,
    readLine: () =>
      given.typed?.length === 0
        ? new Promise(() => {})
        : Promise.resolve(typed.shift()),
    onSignal: (listener) => void listeners.push(listener),
    exitNow: (code) => void host.exits.push(code),
    send: (signal) => listeners.forEach((listener) => listener(signal)),
  };
  return host;
}
