import { FileError } from "../errors.ts";
import { showName } from "./display.ts";

/** What the name of a migration file says. */
export interface MigrationName {
  /** As written, such as `003`. */
  readonly version: string;
  /** The words after it, such as `add_indexes`. */
  readonly name: string;
}

/** Reads `003_add_indexes.sql`; throws `FileError` for any other shape. */
export function parseMigrationName(fileName: string): MigrationName {
  const match = UP_NAME.exec(fileName);
  if (match === null) throw badName(fileName, "up");
  return checkedName(fileName, match);
}

/** Reads `003_add_indexes_down.sql`, a name in `rollbacks/`, likewise. */
export function parseDownName(fileName: string): MigrationName {
  const match = DOWN_NAME.exec(fileName);
  if (match === null) throw badName(fileName, "down");
  return checkedName(fileName, match);
}

/** The name of the file that leads to a version. */
export function upFileName({ version, name }: MigrationName): string {
  return `${version}_${name}.sql`;
}

/** The name of the file in `rollbacks/` that leads back from a version. */
export function downFileName({ version, name }: MigrationName): string {
  return `${version}_${name}_down.sql`;
}

/** Whether a text is a version as a file name writes it: 1 to 50 digits. */
export function isVersion(text: string): boolean {
  return /^[0-9]{1,50}$/.test(text);
}

/** Orders versions as numbers of any length: below 0, 0 or above 0. */
export function compareVersions(a: string, b: string): number {
  if (a.length === b.length) return compareText(a, b);
  const first = versionKey(a);
  const second = versionKey(b);
  return first.length - second.length || compareText(first, second);
}

/** Whether two versions are one number, as `1` and `001` are. */
export function sameVersion(a: string, b: string): boolean {
  return a === b || versionKey(a) === versionKey(b);
}

/** The version without leading zeros: equal for what `sameVersion` calls one. */
export function versionKey(version: string): string {
  return version.startsWith("0")
    ? version.replace(/^0+(?=[0-9])/, "")
    : version;
}

/**
 * Whether two files carry one name; macOS may store the accents of one of
 * them as separate characters.
 */
export function sameName(a: string, b: string): boolean {
  return a === b || a.normalize() === b.normalize();
}

const MAX_VERSION_DIGITS = 50;
const MAX_NAME_LENGTH = 255;
const UP_NAME = /^([0-9]+)_(.+)\.sql$/s;
const DOWN_NAME = /^([0-9]+)_(.+)_down\.sql$/s;
/** Terminal codes and line breaks, and what stands for undecodable bytes. */
const UNUSABLE = /[\p{Cc}\p{Cs}\u{fffd}]/u;

function checkedName(
  fileName: string,
  [, version = "", name = ""]: RegExpExecArray,
): MigrationName {
  const fault = findFault(version, name);
  if (fault !== undefined) throw fault(fileName);
  return { version, name };
}

type NameFault = (fileName: string) => FileError;

function findFault(version: string, name: string): NameFault | undefined {
  if (version.length > MAX_VERSION_DIGITS) return tooManyDigits;
  if (UNUSABLE.test(name)) return unusableCharacters;
  if (/\.(?:up|down)$/i.test(name)) return otherLayout;
  // A code point takes one or two units, so only long names are counted.
  const isLong = name.length > MAX_NAME_LENGTH &&
    [...name].length > MAX_NAME_LENGTH;
  return isLong ? tooLong : undefined;
}

function badName(fileName: string, direction: "up" | "down"): FileError {
  const expected = direction === "up"
    ? `"NNN_name.sql" or "YYYYMMDDHHMMSS_name.sql"`
    : `"NNN_name_down.sql" or "YYYYMMDDHHMMSS_name_down.sql"`;
  return new FileError(
    "bad_name",
    `Cannot use "${showName(fileName)}" as its name is not ${
      direction === "up" ? "that of a migration" : "that of a rollback"
    }`,
    { hint: `name it ${expected}, or list it in the setting "ignore"` },
  );
}

function tooManyDigits(fileName: string): FileError {
  return new FileError(
    "bad_name",
    `Cannot use "${
      showName(fileName)
    }" as its version has more than ${MAX_VERSION_DIGITS} digits`,
    { hint: `name it with a version of at most ${MAX_VERSION_DIGITS} digits` },
  );
}

function unusableCharacters(fileName: string): FileError {
  return new FileError(
    "bad_name",
    `Cannot use "${
      showName(fileName)
    }" as its name has control characters or is not UTF-8`,
    { hint: `name it "NNN_name.sql" with printable characters only` },
  );
}

function otherLayout(fileName: string): FileError {
  return new FileError(
    "bad_name",
    `Cannot use "${
      showName(fileName)
    }" as ".up.sql" and ".down.sql" are the names of another tool`,
    { hint: `name it "NNN_name.sql", or "rollbacks/NNN_name_down.sql"` },
  );
}

function tooLong(fileName: string): FileError {
  return new FileError(
    "bad_name",
    `Cannot use "${
      showName(fileName)
    }" as its name has more than ${MAX_NAME_LENGTH} characters`,
    { hint: "give it a shorter name" },
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
