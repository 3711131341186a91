import {
  chooseSections,
  type ConfigFile,
  type ConfigSection,
} from "../core/config/config_file.ts";
import { resolveText, type SettingSources } from "../core/config/resolve.ts";
import { findOverridden } from "../core/config/find_overridden.ts";
import { usedVariables } from "../core/config/resolve_variables.ts";
import { findUnknownVariables } from "../core/config/unknown_variables.ts";
import type { Finding } from "../core/finding.ts";
import { ConfigError } from "../errors.ts";
import { readConfigFile } from "../io/config_file.ts";
import type { Host } from "./host.ts";
import { readSettings, type Settings } from "./read_settings.ts";

/** Where the settings of one command line come from. */
export interface Configuration {
  readonly cwd: string;
  readonly file: ConfigFile | undefined;
  /** The section of the environment that was chosen. */
  readonly environment: ConfigSection | undefined;
  readonly sources: Omit<SettingSources, "files">;
}

/** What configures a command, read when it is first asked for. */
export interface OpenConfiguration {
  readonly configuration: () => Promise<Configuration>;
  readonly settings: () => Promise<Settings>;
}

/** How a command line is to be configured. */
export interface ConfigurationRequest {
  readonly flags: SettingSources["flags"];
  readonly secrets: "optional" | undefined;
  /** Told once, with warnings of what has no effect. */
  readonly onRead: (settings: Settings, warnings: readonly Finding[]) => void;
}

/** The configuration of one command line. */
export function openConfiguration(
  host: Host,
  request: ConfigurationRequest,
): OpenConfiguration {
  const configuration = once(() => readConfiguration(host, request.flags));
  const settings = once(async () => {
    const found = await configuration();
    const read = readSettings(host, found, request.secrets);
    request.onRead(read, [
      ...findUnknownVariables(host.env, usedVariables(found.sources)),
      ...findOverridden(found.environment, read.origins),
    ]);
    return read;
  });
  return { configuration, settings };
}

function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return () => reading ??= read();
}

async function readConfiguration(
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
