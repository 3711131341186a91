import type { SettingRow } from "./settings.ts";

/** What a text stands for as the value of a setting; undefined if nothing. */
export function parseSettingValue(
  row: SettingRow,
  text: string,
): string | number | boolean | readonly string[] | undefined {
  switch (row.type) {
    case "text":
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
    case "secret":
      return "give it a text that is not empty";
    case "list":
      return "give it names separated by commas";
    case "assignments":
      return "give it a name and a value, such as name=value";
    case "prefix":
      return "give it the start of a name, such as APP_";
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

/** True or false, or undefined for a word that is neither. */
export function parseSwitch(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  if (["false", "0", "no", "off"].includes(word)) return false;
  return undefined;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

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
