import {
  chooseSections,
  type ConfigFile,
  type ConfigSection,
} from "../core/config/config_file.ts";
import { resolveText, type SettingSources } from "../core/config/resolve.ts";
import { ConfigError } from "../errors.ts";
import { readConfigFile } from "../io/config_file.ts";
import type { Host } from "./host.ts";

/** Where the settings of one command line come from. */
export interface Configuration {
  readonly cwd: string;
  readonly file: ConfigFile | undefined;
  /** The section of the environment that was chosen. */
  readonly environment: ConfigSection | undefined;
  readonly sources: Omit<SettingSources, "files">;
}

/** Reads the configuration file, if there is one, and chooses in it. */
export async function readConfiguration(
  host: Host,
  flags: SettingSources["flags"],
): Promise<Configuration> {
  const given = { flags, env: host.env };
  const named = resolveText("config", { ...given, files: {} });
  const name = resolveText("environment", { ...given, files: {} });
  const cwd = readWorkingDirectory(host);
  const file = await readConfigFile(host, {
    cwd,
    ...(named === undefined ? {} : { named }),
  });
  const sections = chooseSections(file, name);
  return {
    cwd,
    file,
    environment: name === undefined ? undefined : sections[0],
    sources: {
      ...given,
      sections,
      ...(file?.projectDir !== undefined && { projectDir: file.projectDir }),
    },
  };
}

function readWorkingDirectory(host: Host): string {
  try {
    return host.cwd;
  } catch (cause) {
    throw new ConfigError(
      "missing_directory",
      "Cannot start as the working directory cannot be read",
      { cause, hint: "change to a folder that exists" },
    );
  }
}
