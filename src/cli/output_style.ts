import { resolveSwitch, type SettingSources } from "../core/config/resolve.ts";
import { ConfigError } from "../errors.ts";
import type { Host } from "./host.ts";

/** How the user wants to be talked to. */
export interface Style {
  readonly format: "human" | "json";
  readonly verbosity: "normal" | "quiet";
}

/** The style before the command line is understood, and if it never is. */
export function guessStyle(host: Host): Style {
  const typed = host.args.slice(0, host.args.indexOf("--") >>> 0);
  const flags = {
    json: typed.includes("--json") ? "true" : undefined,
    quiet: typed.includes("--quiet") ? "true" : undefined,
  };
  try {
    return chooseStyle(flags, host.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { format: flags.json ? "json" : "human", verbosity: "normal" };
  }
}

/** The style that flags and variables ask for. */
export function chooseStyle(
  flags: SettingSources["flags"],
  env: SettingSources["env"],
): Style {
  const sources = { flags, env, files: {} };
  return {
    format: resolveSwitch("json", sources) ? "json" : "human",
    verbosity: resolveSwitch("quiet", sources) ? "quiet" : "normal",
  };
}
