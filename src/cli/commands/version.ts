import { PLAIN_FORMATS } from "../../core/output_format.ts";
import { BUILD } from "../../core/version.ts";
import type { Command } from "./command.ts";

/** Names the version of lockstep. */
export const version: Command = {
  name: "version",
  summary: "Show the version of lockstep",
  help:
    "Prints the version of lockstep and of the runtime inside it; with --json also the commit it was made from and the packages in it.",
  arguments: [],
  flags: [],
  examples: [{ command: "lockstep version", summary: "Show the version" }],
  formats: PLAIN_FORMATS,
  exits: [],
  run(context) {
    return Promise.resolve({
      kind: "version",
      success: true,
      version: BUILD.version,
      runtime: context.runtime,
      ...(BUILD.commit !== undefined && { commit: BUILD.commit }),
      dependencies: BUILD.dependencies ?? [],
      warnings: [],
    });
  },
};
