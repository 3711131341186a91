/** What a value of a setting looks like. */
export type SettingType =
  | "text"
  | "path"
  | "secret"
  | "duration"
  | "integer"
  | "size"
  | "list"
  | "assignments"
  | "prefix"
  | "choice"
  | "switch";

/** One setting, from which parser, help and reference are made. */
export interface SettingRow {
  readonly name: string;
  readonly type: SettingType;
  /** Without its dashes; a secret that has none is kept off command lines. */
  readonly flag?: string;
  /** What the help shows for the value. */
  readonly placeholder?: string;
  /** The first one that is set counts; some flags have none. */
  readonly variables: readonly string[];
  /** As it would be written; a secret and a list have none. */
  readonly default?: string;
  readonly range?: Range;
  /** How `lockstep.toml` holds it, where that is not one value of its name. */
  readonly inFile?: "table" | "nowhere";
  /** The words that a choice can be. */
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** The least and the most that a number may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What the values of each type of settings are. */
export interface ValueTypes {
  text: string;
  path: string;
  secret: string | undefined;
  /** Milliseconds. */
  duration: number;
  integer: number;
  /** Bytes. */
  size: number;
  list: readonly string[];
  /** Each `name=value`, not yet checked. */
  assignments: readonly string[];
  prefix: string | undefined;
  /** One of its own words. */
  choice: never;
  switch: boolean;
}
