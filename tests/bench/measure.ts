import type { Job } from "./contenders.ts";

/** What one run took. */
export interface Sample {
  readonly seconds: number;
  /** Of the process itself, without its children. Linux only. */
  readonly peakBytes: number;
}

/** The samples of one entry of a table. */
export interface Series {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** An entry of a table: how a run is prepared, and what is measured. */
export interface Entry {
  readonly name: string;
  /** Makes ready for one run, measures it, and clears up. */
  run(): Promise<Sample>;
}

/**
 * Measures all entries in rounds, each in another order, so that a busy moment
 * of the machine hits none of them alone.
 */
export async function measureInRounds(
  entries: readonly Entry[],
  rounds: number,
): Promise<readonly Series[]> {
  const samples = new Map(entries.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    const turn = round % entries.length;
    const ordered = [...entries.slice(turn), ...entries.slice(0, turn)];
    for (const entry of ordered) {
      samples.get(entry.name)?.push(await entry.run());
    }
  }
  return Array.from(samples, ([name, all]) => ({ name, samples: all }));
}

/** Runs a program to its end, which must be a good one. */
export async function timeJob(job: Job): Promise<Sample> {
  const start = performance.now();
  const child = new Deno.Command(job.program, {
    args: [...job.args],
    cwd: job.cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: job.cwd, ...job.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(child.pid));
  }, SAMPLE_MS);
  try {
    const { success, stderr } = await child.output();
    const seconds = (performance.now() - start) / 1_000;
    if (success) return { seconds, peakBytes };
    throw new Error(
      `Cannot measure "${job.program} ${job.args.join(" ")}" as it said: ` +
        new TextDecoder().decode(stderr).slice(-2_000),
    );
  } finally {
    clearInterval(timer);
  }
}

/** The middle of the times, in seconds. */
export function medianSeconds({ samples }: Series): number {
  const sorted = samples.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The least of the times, in seconds. */
export function bestSeconds({ samples }: Series): number {
  return Math.min(...samples.map(({ seconds }) => seconds));
}

/** The most memory that any run had. */
export function peakOf({ samples }: Series): number {
  return Math.max(...samples.map(({ peakBytes }) => peakBytes));
}

/** Often enough for long runs, and no load on short ones. */
const SAMPLE_MS = 25;

function readPeak(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
