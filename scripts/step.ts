import { stripVTControlCharacters } from "node:util";

/** How many tests a step ran; a step that stopped otherwise failed once. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What each failed step printed of its failures, to be shown once more. */
  readonly errors: readonly string[];
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
  if (success) return { ...tally, errors: [] };
  const errors = [`== ${step.title}\n${readErrors(output)}`];
  return { ...tally, failed: Math.max(tally.failed, 1), errors };
}

/** Runs something of our own as a step: it fails when it throws. */
export async function runAsStep(
  title: string,
  work: () => Promise<void>,
): Promise<Tally> {
  console.log(`\n== ${title}`);
  try {
    await work();
    return { passed: 0, failed: 0, errors: [] };
  } catch (error) {
    console.error(error);
    const told = error instanceof Error ? error.message : String(error);
    return { passed: 0, failed: 1, errors: [`== ${title}\n${told}`] };
  }
}

/** The sum of all. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    errors: tallies.flatMap(({ errors }) => errors),
  };
}

/** Prints failures and the closing line, and ends the process as they say. */
export function closeWith({ passed, failed, errors }: Tally): never {
  for (const error of errors) console.log(`\nFailed: ${error}`);
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

/** The part of the output of `deno test` that begins at its last list of errors. */
function readErrors(output: string): string {
  const plain = stripVTControlCharacters(output);
  const start = Math.max(plain.lastIndexOf("\n ERRORS \n"), 0);
  return plain.slice(start).trim().slice(-LONGEST_REPEATED);
}

const LONGEST_REPEATED = 20_000;

/** Reads the last closing line of `deno test`; a test may have printed others. */
function countTests(output: string): Omit<Tally, "errors"> {
  const found = stripVTControlCharacters(output).matchAll(CLOSING_LINE);
  const last = Array.from(found).at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}
