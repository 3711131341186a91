import { type CliOptions, type CliResult, spawnLockstep } from "./cli.ts";

/** A finished run of the binary and what it cost. */
export interface MeasuredRun extends CliResult {
  readonly peakBytes: number;
  readonly seconds: number;
}

/** Runs the binary and watches how much memory it had at most. Linux only. */
export async function measureLockstep(
  args: readonly string[],
  options: CliOptions,
): Promise<MeasuredRun> {
  const start = performance.now();
  const running = spawnLockstep(args, options);
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(running.pid));
  }, SAMPLE_MS);
  try {
    const result = await running.result;
    const seconds = (performance.now() - start) / 1_000;
    return { ...result, peakBytes, seconds };
  } finally {
    clearInterval(timer);
  }
}

/** The kernel keeps the peak itself: only growth after the last look is lost. */
const SAMPLE_MS = 20;

function readPeak(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
