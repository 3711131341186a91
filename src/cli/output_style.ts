import {
  resolveSwitch,
  resolveText,
  type SettingSources,
} from "../core/config/resolve.ts";
import { OUTPUT_FORMATS, type OutputFormat } from "../core/output_format.ts";
import { LockstepError, UsageError } from "../errors.ts";
import type { Command } from "./commands/command.ts";
import type { Host } from "./host.ts";

/** How the user wants to be talked to. */
export interface Style {
  readonly format: OutputFormat;
  readonly verbosity: "normal" | "quiet";
}

/** What a style is chosen by. */
export type StyleSources = Pick<SettingSources, "flags" | "env">;

/** The style before the command line is understood, and if it never is. */
export function guessStyle(host: Host): Style {
  const typed = host.args.slice(0, host.args.indexOf("--") >>> 0);
  const flags = {
    output: guessOutput(typed),
    json: typed.includes("--json") ? "true" : undefined,
    quiet: typed.includes("--quiet") ? "true" : undefined,
  };
  try {
    return chooseStyle({ flags, env: host.env });
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { format: flags.json ? "json" : "human", verbosity: "normal" };
  }
}

function guessOutput(typed: readonly string[]): string | undefined {
  const joined = typed.findLast((word) => word.startsWith("--output="));
  if (joined !== undefined) return joined.slice("--output=".length);
  const at = typed.lastIndexOf("--output");
  return at < 0 ? undefined : typed[at + 1];
}

/**
 * The style that flags and variables ask for. Throws a UsageError when a flag
 * asks for a format that the command does not have; a variable is for all
 * commands, and those that do not have its format answer people.
 */
export function chooseStyle(sources: StyleSources, command?: Command): Style {
  const typed = chooseFormat({ flags: sources.flags, env: {} });
  const meant = typed ?? chooseFormat({ flags: {}, env: sources.env });
  const hasFormat = meant === undefined || command?.formats === undefined ||
    command.formats.includes(meant);
  if (!hasFormat && typed !== undefined) throw noSuchFormat(typed, command);
  return {
    format: hasFormat ? meant ?? "human" : "human",
    verbosity: resolveSwitch("quiet", { ...sources, files: {} })
      ? "quiet"
      : "normal",
  };
}

function chooseFormat(given: StyleSources): OutputFormat | undefined {
  const sources = { ...given, files: {} };
  const word = resolveText("output", sources);
  const format = OUTPUT_FORMATS.find((known) => known === word);
  const isJson = resolveSwitch("json", sources);
  if (isJson && format !== undefined && format !== "json") {
    throw new UsageError(
      "invalid_argument",
      `Cannot print JSON as ${format} is asked for at the same time`,
      { hint: "give --output alone" },
    );
  }
  return isJson ? "json" : format;
}

function noSuchFormat(
  format: OutputFormat,
  { name, formats = OUTPUT_FORMATS }: Pick<Command, "name" | "formats">,
): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot print the result of "${name}" as ${format} as it has no such form`,
    { hint: `use --output with one of ${formats.join(", ")}` },
  );
}
