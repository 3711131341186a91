import { ConfigError, type SourceLocation } from "../../errors.ts";
import { showName } from "../display.ts";
import { findNearest } from "../suggestion.ts";

/** A configuration file, with all of it checked. */
export interface ConfigFile {
  /** As messages name it. */
  readonly path: string;
  /** The folder that default paths count from; absent for the working one. */
  readonly projectDir?: string;
  /** What stands above the sections. */
  readonly common: ConfigSection;
  readonly environments: ReadonlyMap<string, ConfigSection>;
}

/** What one part of a configuration file says. */
export interface ConfigSection {
  /** The name of its environment; absent above the sections. */
  readonly environment?: string;
  readonly isProtected: boolean;
  /** By the name of the setting. */
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  readonly vars: readonly ConfigVariable[];
  /** Their values are names of variables of the environment. */
  readonly secretVars: readonly ConfigVariable[];
}

/** The value of a setting in a configuration file. */
export interface ConfigEntry {
  /** Such as `lock_timeout`. */
  readonly key: string;
  readonly location: SourceLocation;
  /** As a flag would have it; a path counts from the working directory. */
  readonly text: string;
  /** The items of a list. */
  readonly items?: readonly string[];
  /** Whether the text is the value, or the path of a file that holds it. */
  readonly form: "value" | "file";
}

/** A variable of the SQL files in a configuration file. */
export interface ConfigVariable {
  readonly name: string;
  readonly value: string;
  readonly location: SourceLocation;
}

/**
 * The parts of a configuration file that count, strongest first. Throws
 * `unknown_environment` when it has none of the name, or there is no file.
 */
export function chooseSections(
  config: ConfigFile | undefined,
  environment: string | undefined,
): readonly ConfigSection[] {
  if (environment === undefined) {
    return config === undefined ? [] : [config.common];
  }
  const section = config?.environments.get(environment);
  if (config !== undefined && section !== undefined) {
    return [section, config.common];
  }
  throw unknownEnvironment(environment, config);
}

function unknownEnvironment(
  name: string,
  config: ConfigFile | undefined,
): ConfigError {
  const shown = showName(name);
  if (config === undefined) {
    return new ConfigError(
      "unknown_environment",
      `Cannot use the environment "${shown}" as there is no lockstep.toml`,
      {
        hint: "run in the project's folder, or name the file with --config, " +
          "or leave --env and LOCKSTEP_ENV out",
      },
    );
  }
  const names = [...config.environments.keys()];
  const nearest = findNearest(name, names);
  const others = names.length === 0
    ? `add a section [env.${shown}]`
    : `choose one of ${names.join(", ")}`;
  return new ConfigError(
    "unknown_environment",
    `Cannot use the environment "${shown}" as there is no section ` +
      `[env.${shown}]`,
    {
      hint: nearest === undefined ? others : `did you mean "${nearest}"?`,
      location: { path: config.path },
    },
  );
}
