import { InterruptedError, type StopSignal, UsageError } from "../errors.ts";
import { showLines } from "../report/layout.ts";
import type { Flag } from "./commands/command.ts";
import type { Host } from "./host.ts";

/** The flag of every command that asks before it acts. */
export const YES_FLAG: Flag = {
  name: "yes",
  summary: "Go on without being asked; needed where no terminal is",
};

/**
 * Whether the person at the terminal types "yes" or "y" to a question; the end
 * of the input is a no.
 *
 * @throws {UsageError} If there is no terminal to ask on.
 * @throws {InterruptedError} If a signal arrives instead of an answer.
 */
export async function confirm(
  host: Host,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!canAsk(host)) {
    throw new UsageError(
      "confirmation_needed",
      "Cannot ask for confirmation as there is no terminal to ask on",
      { hint: "check what would be done, then add --yes" },
    );
  }
  const answer = await ask(host, `${question} [yes/no] `, signal);
  return ["yes", "y"].includes(answer?.trim().toLowerCase() ?? "");
}

/** Whether somebody can see a question and answer it. */
export function canAsk(host: Host): boolean {
  // A question that goes to a file would be waited on for ever.
  return host.canReadLine && host.terminals.stderr !== undefined;
}

/**
 * The line that is typed as the answer; undefined at the end of the input.
 *
 * @throws {InterruptedError} If a signal arrives instead of an answer.
 */
export async function ask(
  host: Host,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  host.write("stderr", showLines(question).join("\n"));
  await host.flush();
  const endLine = () => host.write("stderr", "\n");
  const answer = await Promise.race([
    host.readLine(),
    interrupted(signal, endLine),
  ]);
  if (answer === undefined) endLine();
  return answer;
}

function interrupted(
  signal: AbortSignal,
  endLine: () => void,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    function stop(): void {
      const reason: StopSignal = signal.reason;
      endLine();
      reject(new InterruptedError(reason));
    }
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}
