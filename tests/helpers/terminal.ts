import { binaryPath, type CliOptions } from "./cli.ts";

/** Whether this machine has a program that gives another one a terminal. */
export async function hasTerminal(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", {
      args: ["--version"],
    }).output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch {
    return false;
  }
}

/**
 * Runs the binary on a terminal of its own and types an answer as soon as a
 * text has appeared; its exit code and all that the terminal has shown.
 */
export async function runOnTerminal(
  args: readonly string[],
  options: CliOptions & { readonly awaited: string; readonly answer: string },
): Promise<{ readonly code: number; readonly shown: string }> {
  const child = new Deno.Command("script", {
    args: ["-qec", [binaryPath(), ...args].join(" "), "/dev/null"],
    cwd: options.cwd,
    clearEnv: true,
    env: { TERM: "dumb", LOCKSTEP_BACKUP: "never", ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  let shown = "";
  let isAnswered = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text;
    if (isAnswered || !shown.includes(options.awaited)) continue;
    isAnswered = true;
    await keyboard.write(new TextEncoder().encode(`${options.answer}\n`));
  }
  const { code } = await child.status;
  await keyboard.close().catch(() => {});
  return { code, shown };
}
