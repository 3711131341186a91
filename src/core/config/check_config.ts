import type { SourceLocation } from "../../errors.ts";
import type {
  ConfigEntry,
  ConfigFile,
  ConfigSection,
  ConfigVariable,
} from "./config_file.ts";
import {
  bothKeys,
  notATable,
  unknownKey,
  wrongEnvironmentName,
} from "./config_errors.ts";
import {
  type ConfigKey,
  configKeys,
  ENVIRONMENTS_KEY,
  PROTECTED_KEY,
} from "./config_keys.ts";
import { findKeyPositions, pathOf, type Position } from "./config_positions.ts";
import {
  isTable,
  readEntry,
  readProtected,
  readVariables,
  type TomlTable,
} from "./config_value.ts";

/** A TOML document and where it comes from. */
export interface ConfigSource {
  /** As messages name it. */
  readonly path: string;
  /** The folder that its paths count from, as the working directory sees it. */
  readonly dir: string;
  readonly origin: "found" | "named";
  readonly text: string;
  readonly document: TomlTable;
}

/**
 * What a configuration file says; all of it is checked, also the sections
 * that are not in use. Throws a ConfigError with the place of what is wrong.
 */
export function checkConfig(source: ConfigSource): ConfigFile {
  const positions = findKeyPositions(source.text);
  const { [ENVIRONMENTS_KEY]: environments, ...common } = source.document;
  const reading = { source, positions };
  return {
    path: source.path,
    ...(source.origin === "found" && { projectDir: source.dir }),
    common: readSection(common, { ...reading, table: [] }),
    environments: readEnvironments(environments, reading),
  };
}

interface Reading {
  readonly source: ConfigSource;
  readonly positions: ReadonlyMap<string, Position>;
}

interface SectionReading extends Reading {
  /** The keys that lead to the section. */
  readonly table: readonly string[];
}

function readEnvironments(
  value: unknown,
  reading: Reading,
): ReadonlyMap<string, ConfigSection> {
  if (value === undefined) return new Map();
  const here = { ...reading, table: [ENVIRONMENTS_KEY] };
  if (!isTable(value)) {
    throw notATable(ENVIRONMENTS_KEY, locate(reading, here.table));
  }
  return new Map(
    Object.entries(value).map(([name, section]) => {
      const table = [ENVIRONMENTS_KEY, name];
      const location = locate(reading, table);
      if (!/^[A-Za-z0-9_-]+$/.test(name)) {
        throw wrongEnvironmentName(name, location);
      }
      if (!isTable(section)) throw notATable(`env.${name}`, location);
      return [name, readSection(section, { ...reading, table })];
    }),
  );
}

function readSection(
  section: TomlTable,
  reading: SectionReading,
): ConfigSection {
  const isEnvironment = reading.table.length > 0;
  const known = isEnvironment ? [...configKeys(), PROTECTED_KEY] : configKeys();
  const found = new Map<string, Found>();
  for (const [key, value] of Object.entries(section)) {
    const location = locate(reading, [...reading.table, key]);
    const match = known.find((candidate) => candidate.key === key);
    if (match === undefined) {
      throw unknownKey({ key, isTable: isTable(value), location }, known);
    }
    found.set(key, { ...match, value, location });
  }
  const environment = reading.table.at(-1);
  return {
    ...(environment === undefined ? {} : { environment }),
    isProtected: readProtected(found.get(PROTECTED_KEY.key)),
    entries: readEntries([...found.values()], reading.source.dir),
    vars: readTable("vars", found, reading),
    secretVars: readTable("secret_vars", found, reading),
  };
}

type Found = ConfigKey & {
  readonly value: unknown;
  readonly location: SourceLocation;
};

function readEntries(
  found: readonly Found[],
  dir: string,
): ReadonlyMap<string, ConfigEntry> {
  const entries = new Map<string, ConfigEntry>();
  for (const { row, key, form, value, location } of found) {
    if (row === undefined || form === "table" || form === "protected") continue;
    const other = entries.get(row.name);
    if (other !== undefined) throw bothKeys(other.key, key, location);
    entries.set(row.name, readEntry(value, { row, key, form, location, dir }));
  }
  return entries;
}

function readTable(
  key: "vars" | "secret_vars",
  found: ReadonlyMap<string, Found>,
  reading: SectionReading,
): readonly ConfigVariable[] {
  const table = found.get(key);
  return table === undefined ? [] : readVariables(table.value, {
    key,
    location: table.location,
    locate: (name) => locate(reading, [...reading.table, key, name]),
  });
}

function locate(reading: Reading, keys: readonly string[]): SourceLocation {
  const position = reading.positions.get(pathOf(keys));
  return { path: reading.source.path, ...position };
}
