import { ConfigError, type SourceLocation } from "../../errors.ts";
import { showName } from "../display.ts";
import { findNearest } from "../suggestion.ts";
import {
  type ConfigKey,
  ENVIRONMENTS_KEY,
  keyOfSetting,
  PROTECTED_KEY,
} from "./config_keys.ts";
import { type SettingRow, SETTINGS } from "./settings.ts";

/** A key that is none, and what it looks like. */
export interface UnknownKey {
  readonly key: string;
  readonly isTable: boolean;
  readonly location: SourceLocation;
}

/** The error for a key that means nothing where it stands. */
export function unknownKey(
  { key, isTable, location }: UnknownKey,
  known: readonly ConfigKey[],
): ConfigError {
  const shown = showName(key);
  return new ConfigError(
    "unknown_setting",
    `Cannot use the key "${shown}" as there is no such setting here`,
    { hint: hintFor(key, { isTable, known }), location },
  );
}

/** The error for what has to be a table and is none. */
export function notATable(key: string, location: SourceLocation): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use "${showName(key)}" as it is no table`,
    { hint: `write a section [${TABLE_HINTS[key] ?? key}]`, location },
  );
}

/** The error for two keys that give the same setting. */
export function bothKeys(
  one: string,
  other: string,
  location: SourceLocation,
): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use "${other}" as "${one}" is set at the same time`,
    { hint: "remove one of the two", location },
  );
}

/** The error for an environment that could not be typed or told apart. */
export function wrongEnvironmentName(
  name: string,
  location: SourceLocation,
): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the environment "${showName(name)}" as that is no name of one`,
    {
      hint: "give it a name of letters, digits, underscores and dashes",
      location,
    },
  );
}

const TABLE_HINTS: Readonly<Record<string, string>> = { env: "env.<name>" };

function hintFor(
  key: string,
  { isTable, known }: {
    readonly isTable: boolean;
    readonly known: readonly ConfigKey[];
  },
): string {
  if (key === PROTECTED_KEY.key) {
    return "only an environment can be protected: write it under [env.<name>]";
  }
  const rows: readonly SettingRow[] = SETTINGS;
  const outside = rows.find((row) =>
    row.inFile === "nowhere" && keyOfSetting(row) === key
  );
  if (outside !== undefined) {
    return `give it as ${
      [`--${outside.flag}`, ...outside.variables].join(" or ")
    }`;
  }
  const keys = known.map((candidate) => candidate.key);
  const nearest = findNearest(key, [...keys, ENVIRONMENTS_KEY]);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (isTable) {
    // [environments.production] holds the names, not the name of one.
    const name = /^env/i.test(key) ? "<name>" : showName(key);
    return `write the section of an environment as [env.${name}]`;
  }
  return 'a key is called like a flag, with "_" for "-"; see "lockstep help"';
}
