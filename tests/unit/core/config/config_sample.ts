import { parse } from "smol-toml";
import { checkConfig } from "../../../../src/core/config/check_config.ts";
import type { ConfigFile } from "../../../../src/core/config/config_file.ts";
import { ConfigError } from "../../../../src/errors.ts";

/** The configuration file with this text, in the folder above. */
export function configOf(
  text: string,
  origin: "found" | "named" = "found",
): ConfigFile {
  const document = parse(text, { integersAsBigInt: true });
  const path = "../lockstep.toml";
  return checkConfig({ path, dir: "..", origin, text, document });
}

/** What is wrong with a text, as `line:column [code] message (hint)`. */
export function complaintAbout(text: string): string | undefined {
  try {
    configOf(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { line, column } = error.location ?? {};
    return `${line}:${column} [${error.code}] ${error.message} (${error.hint})`;
  }
}
