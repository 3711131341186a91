import { PLAIN_FORMATS } from "../../core/output_format.ts";
import { UsageError } from "../../errors.ts";
import type { Command } from "./command.ts";

/** Prints what makes a shell complete command lines. */
export const completions: Command = {
  name: "completions",
  summary: "Print a script that makes a shell complete command lines",
  help:
    `Prints a script for bash, zsh or fish that completes the commands and flags of lockstep, and folders and files where they belong. Load it in the start-up file of the shell.`,
  arguments: [{
    name: "shell",
    summary: "bash, zsh or fish",
    amount: "one",
  }],
  flags: [],
  examples: [
    {
      command: "source <(lockstep completions bash)",
      summary: "In ~/.bashrc; for zsh likewise, in ~/.zshrc",
    },
    {
      command: "lockstep completions fish | source",
      summary: "In ~/.config/fish/config.fish",
    },
  ],
  formats: PLAIN_FORMATS,
  exits: [],
  run(context) {
    const [shell = ""] = context.arguments;
    const text = context.completions(shell);
    if (text === undefined) {
      throw new UsageError(
        "invalid_argument",
        `Cannot complete for "${shell}" as that shell is not known`,
        { hint: "name bash, zsh or fish" },
      );
    }
    return Promise.resolve({
      kind: "completions",
      success: true,
      text,
      warnings: [],
    });
  },
};
