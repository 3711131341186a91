import type { Command } from "./command.ts";

/** Shows the manual. */
export const help: Command = {
  name: "help",
  summary: "Show the manual of a command",
  help: "Prints what lockstep can do, or the manual of one command.",
  arguments: [{
    name: "command",
    summary: "The command to explain",
    amount: "optional",
  }],
  flags: [],
  examples: [{
    command: "lockstep help migrate",
    summary: "Read about one command",
  }],
  exits: [],
  run(context) {
    const text = context.helpText(context.arguments[0]);
    return Promise.resolve({ kind: "help", success: true, text, warnings: [] });
  },
};
