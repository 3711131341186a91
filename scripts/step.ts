import { stripVTControlCharacters } from "node:util";

/** How many tests a step ran; a step that stopped otherwise failed once. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A command with a title for people. */
export interface Step {
  readonly title: string;
  /** What the running Deno is called with. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one step, shows what it prints, and counts its tests. */
export async function runStep(step: Step): Promise<Tally> {
  console.log(`\n== ${step.title}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...step.args],
    env: { ...step.env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  running.add(child);
  const [output, { success }] = await Promise.all([
    showAndKeep(child.stdout),
    child.status,
  ]);
  running.delete(child);
  const tally = countTests(output);
  if (success || tally.failed > 0) return tally;
  return { ...tally, failed: 1 };
}

/** Runs something of our own as a step: it fails when it throws. */
export async function runAsStep(
  title: string,
  work: () => Promise<void>,
): Promise<Tally> {
  console.log(`\n== ${title}`);
  try {
    await work();
    return { passed: 0, failed: 0 };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  }
}

/** The sum of all. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, { passed, failed }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
  }), { passed: 0, failed: 0 });
}

/** Prints the closing line and ends the process as the tally says. */
export function closeWith({ passed, failed }: Tally): never {
  console.log(`\n${passed} passed, ${failed} failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}

/** Makes SIGINT and SIGTERM end the step that runs, and then this process. */
export function stopOnSignals(): void {
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      for (const child of running) child.kill("SIGKILL");
      Deno.exit(codes[signal]);
    });
  }
}

const running = new Set<Deno.ChildProcess>();

async function showAndKeep(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    await showAll(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

async function showAll(bytes: Uint8Array): Promise<void> {
  let shown = 0;
  while (shown < bytes.length) {
    shown += await Deno.stdout.write(bytes.subarray(shown));
  }
}

const CLOSING_LINE =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm;

/** Reads the last closing line of `deno test`; a test may have printed others. */
function countTests(output: string): Tally {
  const found = stripVTControlCharacters(output).matchAll(CLOSING_LINE);
  const last = Array.from(found).at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}
