import { PLAIN_FORMATS } from "../../core/output_format.ts";
import type { Command } from "./command.ts";

/** Writes the files of a new migration. */
export const create: Command = {
  name: "create",
  summary: "Write the files of a new migration",
  help:
    `Writes a migration and its rollback from templates into the migrations folder, under a version made of the present time and a name made of the words that are given. Header lines are filled in, the newest migration as its dependency among them. Both files work as they are; put your own SQL in.

It connects to nothing and never overwrites a file.`,
  arguments: [{
    name: "name",
    summary: "What the migration does, in one or more words",
    amount: "one or more",
  }],
  flags: [],
  examples: [{
    command: 'lockstep create "add user authentication"',
    summary: "Start a migration",
  }],
  formats: PLAIN_FORMATS,
  exits: ["findings"],
  secretVariables: "optional",
  async run(context) {
    const manager = await context.manager();
    return await manager.create(context.arguments.join(" "));
  },
};
