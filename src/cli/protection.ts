import type { ConfigSection } from "../core/config/config_file.ts";
import { showName } from "../core/display.ts";
import { UsageError } from "../errors.ts";
import type { Flag } from "./commands/command.ts";
import { ask, canAsk } from "./confirm.ts";
import type { Host } from "./host.ts";

/** The flag of every command that a protected environment asks about. */
export const YES_TO_FLAG: Flag = {
  name: "yes-to",
  placeholder: "environment",
  summary: "Go on in this protected environment without being asked",
};

/** What is to be done, and where. */
export interface ProtectedAction {
  /** As in "Cannot …", such as `roll back`. */
  readonly action: string;
  /** The environment that was chosen. */
  readonly environment: ConfigSection | undefined;
  /** The value of `--yes-to`. */
  readonly yesTo: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Returns when the environment is not protected, or when its name was given,
 * by `--yes-to` or on the terminal.
 *
 * @throws {UsageError} If its name was not given.
 * @throws {InterruptedError} If a signal arrives instead of an answer.
 */
export async function requireConsent(
  host: Host,
  wanted: ProtectedAction,
): Promise<void> {
  const { action, environment, yesTo, signal } = wanted;
  const name = environment?.environment;
  if (yesTo !== undefined && yesTo !== name) throw otherEnvironment(wanted);
  if (name === undefined || environment?.isProtected !== true) return;
  if (yesTo === name) return;
  if (!canAsk(host)) throw notGiven(action, name);
  const question =
    `The environment "${name}" is protected. Type its name to ${action}: `;
  const answer = await ask(host, question, signal);
  if (answer?.trim() !== name) throw notGiven(action, name);
}

function otherEnvironment(
  { action, environment, yesTo = "" }: ProtectedAction,
): UsageError {
  const name = environment?.environment;
  const state = name === undefined
    ? "no environment is chosen"
    : `the environment is "${name}"`;
  return new UsageError(
    "invalid_argument",
    `Cannot ${action} as --yes-to names "${showName(yesTo)}" and ${state}`,
    {
      hint: name === undefined
        ? `choose it with --env ${showName(yesTo)}, or leave --yes-to out`
        : `to ${action} in "${name}", write --yes-to ${name}; for the other ` +
          `one add --env ${showName(yesTo)}`,
    },
  );
}

function notGiven(action: string, name: string): UsageError {
  return new UsageError(
    "protected_environment",
    `Cannot ${action} as the environment "${name}" is protected and its ` +
      "name was not given",
    {
      hint: "check what would be done, then type the name on the terminal or " +
        `add --yes-to ${name}`,
    },
  );
}
