import { PLAIN_FORMATS } from "../../core/output_format.ts";
import type { Command } from "./command.ts";

/** Shows the manual. */
export const help: Command = {
  name: "help",
  summary: "Show the manual of a command",
  help: "Prints what lockstep can do, or the manual of one command.",
  arguments: [{
    name: "command",
    summary: "The command to explain, in one or two words",
    amount: "any",
  }],
  flags: [],
  examples: [{
    command: "lockstep help migrate",
    summary: "Read about one command",
  }],
  formats: PLAIN_FORMATS,
  exits: [],
  run(context) {
    const name = context.arguments.join(" ");
    const text = context.helpText(name === "" ? undefined : name);
    return Promise.resolve({ kind: "help", success: true, text, warnings: [] });
  },
};
