import { parse, TomlError } from "smol-toml";
import { checkConfig, type ConfigSource } from "../core/config/check_config.ts";
import type { ConfigFile } from "../core/config/config_file.ts";
import { positionAt } from "../core/config/config_positions.ts";
import type { TomlTable } from "../core/config/config_value.ts";
import { showName } from "../core/display.ts";
import { ConfigError } from "../errors.ts";

/**
 * What the text of a configuration file says.
 *
 * @throws {ConfigError} If it is not correct TOML, or not what is expected.
 */
export function parseConfig(
  text: string,
  source: Pick<ConfigSource, "path" | "dir" | "origin">,
): ConfigFile {
  const { path, dir, origin } = source;
  const document = parseToml(text, path);
  return checkConfig({ path, dir, origin, text, document });
}

const MAX_DEPTH = 100;

function parseToml(text: string, path: string): TomlTable {
  try {
    return parse(text, { integersAsBigInt: true, maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof TomlError) throw notToml(error, { text, path });
    throw error;
  }
}

function notToml(
  error: TomlError,
  { text, path }: { readonly text: string; readonly path: string },
): ConfigError {
  // Its next lines show the file, passwords and all.
  const [first = ""] = error.message.split("\n");
  const reason = first.replace("Invalid TOML document: ", "");
  const line = text.split("\n")[error.line - 1] ?? "";
  const { column } = positionAt(line, error.column - 1);
  return new ConfigError(
    "bad_config",
    `Cannot read "${showName(path)}" as it is not correct TOML: ${reason}`,
    {
      hint: 'see https://toml.io; texts stand in quotes, as in table = "x"',
      location: { path, line: error.line, column },
    },
  );
}
