import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

/**
 * How the binary is run; its environment has nothing but `env`, and that no
 * backup is made: not every machine has the client programs of every server.
 */
export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input, which is otherwise empty. */
  readonly stdin?: string;
}

/** How {@linkcode runLockstep} ends a run early. */
export interface RunOptions extends CliOptions {
  readonly signalAfter?: {
    readonly ms: number;
    readonly signal: Deno.Signal;
  };
}

/** What a run of the binary answered. */
export interface CliResult {
  /** 128 and the number of the signal when a signal ended it. */
  readonly code: number;
  readonly signal: Deno.Signal | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the binary that is under way. */
export interface RunningLockstep {
  readonly pid: number;
  /** Does nothing when the run has ended. */
  kill(signal: Deno.Signal): void;
  /** Waits until stdout and stderr together contain a text. */
  waitForOutput(text: string): Promise<void>;
  readonly result: Promise<CliResult>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The path of the binary under test. */
export function binaryPath(): string {
  return resolve(ROOT, Deno.env.get("LOCKSTEP_BINARY") ?? "dist/lockstep");
}

/** Runs the binary to its end. */
export async function runLockstep(
  args: readonly string[],
  options: RunOptions = {},
): Promise<CliResult> {
  const running = spawnLockstep(args, options);
  const { signalAfter } = options;
  if (signalAfter === undefined) return await running.result;
  const timer = setTimeout(
    () => running.kill(signalAfter.signal),
    signalAfter.ms,
  );
  const result = await running.result;
  clearTimeout(timer);
  return result;
}

/** Starts the binary; the caller awaits `result`, also after a kill. */
export function spawnLockstep(
  args: readonly string[],
  options: CliOptions = {},
): RunningLockstep {
  const child = new Deno.Command(binaryPath(), {
    args: [...args],
    cwd: options.cwd,
    clearEnv: true,
    env: { LOCKSTEP_BACKUP: "never", ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  return {
    pid: child.pid,
    kill: (signal) => killIfAlive(child, signal),
    waitForOutput: (text) => output.waitFor(text),
    result: collect(child, output, options.stdin),
  };
}

function killIfAlive(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function collect(
  child: Deno.ChildProcess,
  output: Output,
  stdin: string | undefined,
): Promise<CliResult> {
  const [status] = await Promise.all([
    child.status,
    output.read("stdout", child.stdout),
    output.read("stderr", child.stderr),
    stdin === undefined ? undefined : feed(child, stdin),
  ]);
  output.end();
  return {
    code: status.code,
    signal: status.signal ?? undefined,
    stdout: output.text.stdout,
    stderr: output.text.stderr,
  };
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // It may end without reading its input.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

interface Waiter {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** What a process has written so far, and who waits for which part of it. */
class Output {
  readonly text = { stdout: "", stderr: "" };
  #waiters: Waiter[] = [];
  #ended = false;

  async read(
    name: "stdout" | "stderr",
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.text[name] += chunk;
      this.#wake();
    }
  }

  waitFor(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ text, resolve, reject });
      this.#wake();
    });
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    const { stdout, stderr } = this.text;
    this.#waiters = this.#waiters.filter(({ text, resolve, reject }) => {
      const found = stdout.includes(text) || stderr.includes(text);
      if (found) resolve();
      else if (this.#ended) {
        reject(
          new Error(
            `The run ended without "${text}":\n${stdout}\n${stderr}`,
          ),
        );
      }
      return !found && !this.#ended;
    });
  }
}
