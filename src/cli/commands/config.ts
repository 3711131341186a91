import { PLAIN_FORMATS } from "../../core/output_format.ts";
import type { Command } from "./command.ts";

/** Shows every setting and where it comes from. */
export const config: Command = {
  name: "config",
  summary: "Show every setting and where it comes from",
  help:
    `Shows each setting with its value and where that comes from: the flag, the variable, the line of lockstep.toml, or the default. It shows the variables of the SQL files, too, and which environment is chosen. Passwords and secret variables are masked.

It reads the files that hold secrets, connects to nothing and changes nothing.`,
  arguments: [],
  flags: [],
  examples: [
    { command: "lockstep config", summary: "See what counts here" },
    {
      command: "lockstep config --env production",
      summary: "See what would count in an environment",
    },
    {
      command: "lockstep config --config /dev/null",
      summary: "See what would count without the file",
    },
  ],
  formats: PLAIN_FORMATS,
  exits: [],
  async run(context) {
    return await context.describeConfig();
  },
};
