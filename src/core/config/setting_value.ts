import { showName } from "../display.ts";
import { maskValue } from "./mask.ts";
import type { SettingRow } from "./settings.ts";

/** What a text stands for as the value of a setting; undefined if nothing. */
export function parseSettingValue(
  row: SettingRow,
  text: string,
): string | number | boolean | readonly string[] | undefined {
  switch (row.type) {
    case "text":
    case "path":
    case "secret":
      return text === "" ? undefined : text;
    case "list":
      return text.split(",").map((item) => item.trim()).filter((item) =>
        item !== ""
      );
    case "assignments":
      return [text];
    case "prefix":
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : undefined;
    case "choice":
      return parseChoice(row, text);
    case "switch":
      return parseSwitch(text);
    case "duration":
      return within(row, parseDuration(text));
    case "size":
      return within(row, parseSize(text));
    case "integer":
      return within(row, parseInteger(text));
    default:
      return row.type satisfies never;
  }
}

/** What a value of the setting must look like, as a hint says it. */
export function describeExpected(row: SettingRow): string {
  switch (row.type) {
    case "text":
    case "path":
    case "secret":
      return "give it a text that is not empty";
    case "list":
      return "give it names separated by commas";
    case "assignments":
      return "give it a name and a value, such as name=value";
    case "prefix":
      return "give it the start of a name, such as APP_";
    case "choice":
      return `give it one of ${row.choices?.join(", ")}`;
    case "switch":
      return "give it true or false";
    case "duration":
      return "give it a number with a unit, such as 500ms, 30s, 5m or 1h (at most 596h), or 0";
    case "size":
      return `give it a number with a unit, such as 64MB, ${sizeRange(row)}`;
    case "integer":
      return `give it a whole number from ${row.range?.min} to ${row.range?.max}`;
    default:
      return row.type satisfies never;
  }
}

/** What a value of the wrong form is, as an error says it. */
export function describeWrong(row: SettingRow): string {
  return KIND_OF_VALUE[row.type];
}

/** A number as it would be written for the setting, such as `10m` or `64MB`. */
export function formatSettingValue(
  { type }: SettingRow,
  value: number,
): string | number {
  if (type !== "duration" && type !== "size") return value;
  if (value === 0) return "0";
  const units = type === "duration" ? SHOWN_TIMES : SHOWN_SIZES;
  const [unit, factor] = units.find(([, factor]) => value % factor === 0) ??
    units[0];
  return `${value / factor}${unit}`;
}

/** A value as an error shows it, without passwords and not too long. */
export function clipValue(text: string): string {
  const shown = showName(maskValue(text));
  return shown.length <= 60 ? shown : `${shown.slice(0, 57)}...`;
}

/** True or false, or undefined for a word that is neither. */
export function parseSwitch(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off"].includes(word)) return false;
  return undefined;
}

const KIND_OF_VALUE: Readonly<Record<SettingRow["type"], string>> = {
  text: "no text",
  path: "no path",
  secret: "no text",
  list: "no list of texts",
  assignments: "no name=value",
  prefix: "no start of a name",
  choice: "none of its words",
  switch: "neither true nor false",
  duration: "no time",
  size: "no size in its range",
  integer: "no whole number in its range",
};

function parseChoice(row: SettingRow, text: string): string | undefined {
  const word = text.trim().toLowerCase();
  return row.choices?.find((choice) => choice === word);
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** The largest that leaves a whole number is used. */
const SHOWN_TIMES = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

function parseDuration(text: string): number | undefined {
  if (/^0+$/.test(text.trim())) return 0;
  return parseQuantity(text, MS_PER_UNIT);
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
};

const SHOWN_SIZES = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["kB", 1024],
  ["B", 1],
] as const;

/** The texts that are times, but for their range, for a JSON Schema. */
export const DURATION_PATTERN = `^\\s*0+\\s*$|${quantityPattern(MS_PER_UNIT)}`;

/** The texts that are sizes, but for their range, for a JSON Schema. */
export const SIZE_PATTERN = quantityPattern(BYTES_PER_UNIT);

/** A JSON Schema cannot say that case does not count. */
function quantityPattern(units: Readonly<Record<string, number>>): string {
  const words = Object.keys(units).map((unit) =>
    unit.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
  );
  return `^\\s*[0-9]{1,12} ?(${words.join("|")})\\s*$`;
}

function parseSize(text: string): number | undefined {
  return parseQuantity(text, BYTES_PER_UNIT);
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const match = /^\s*([0-9]{1,12}) ?([a-z]+)\s*$/i.exec(text);
  const factor = units[match?.[2]?.toLowerCase() ?? ""];
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}

function parseInteger(text: string): number | undefined {
  return /^\s*[+-]?[0-9]{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function within(
  row: SettingRow,
  value: number | undefined,
): number | undefined {
  if (value === undefined || row.range === undefined) return value;
  return value < row.range.min || value > row.range.max ? undefined : value;
}

function sizeRange(row: SettingRow): string {
  const max = row.range === undefined ? 0 : row.range.max / 1024 ** 2;
  return `at most ${max}MB`;
}
