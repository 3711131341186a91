import { spawn } from "node:child_process";
import process from "node:process";

/** How a program is run. */
export interface ProgramOptions {
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface ProgramResult {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** The end of it, when it is long. */
  readonly stderr: string;
}

/** A program that could not be started; the message says why. */
export class ProgramError extends Error {}

/**
 * Runs a program to its end, without any input. When the signal is aborted the
 * program is told to end, and made to when it does not.
 *
 * @throws {ProgramError} If it cannot be started.
 */
export async function runProgram(
  path: string,
  args: readonly string[],
  { env, signal }: ProgramOptions,
): Promise<ProgramResult> {
  const given = Object.entries(env).filter(([, value]) => value !== undefined);
  const child = spawn(path, args, {
    env: Object.fromEntries(given),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let hardStop: ReturnType<typeof setTimeout> | undefined;
  function stop(): void {
    child.kill("SIGTERM");
    hardStop ??= setTimeout(() => endNow(child.pid), STOP_LIMIT_MS);
  }
  const stdout = collect(child.stdout, Infinity);
  const stderr = collect(child.stderr, MAX_STDERR);
  try {
    const ended = new Promise<number | undefined>((resolve, reject) => {
      child.on("error", (error) => reject(startFailure(error)));
      child.on("close", (code) => resolve(code ?? undefined));
      child.on("exit", (code) => {
        // What it has started may still hold its output open.
        if (signal?.aborted === true) resolve(code ?? undefined);
      });
    });
    signal?.addEventListener("abort", stop);
    if (signal?.aborted === true) stop();
    const exitCode = await ended;
    return { exitCode, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(hardStop);
    signal?.removeEventListener("abort", stop);
  }
}

/** In Deno, `child.kill()` does nothing when it is called again. */
function endNow(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended.
  }
}

const STOP_LIMIT_MS = 5_000;
const MAX_STDERR = 64 * 1024;

function collect(
  stream: NodeJS.ReadableStream,
  limit: number,
): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    while (length - (chunks[0]?.length ?? 0) >= limit) {
      length -= chunks.shift()?.length ?? 0;
    }
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function startFailure(error: unknown): ProgramError {
  const code = error instanceof Error && "code" in error
    ? String(error.code)
    : "";
  return new ProgramError(START_FAILURES[code] ?? "cannot be run", {
    cause: error,
  });
}

const START_FAILURES: Readonly<Record<string, string>> = {
  EACCES: "may not be run",
  ENOENT: "is not there",
};
