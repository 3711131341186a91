/** A version out of a time, in UTC: `20250105120000`. */
export function timestampOf(time: Date): string {
  return time.toISOString().replace(/\D/g, "").slice(0, TIMESTAMP_DIGITS);
}

/** The timestamp a second later; `undefined` for what is no timestamp. */
export function nextTimestamp(version: string): string | undefined {
  if (!TIMESTAMP.test(version)) return undefined;
  const [year = "", ...pairs] = version.match(/^.{4}|../g) ?? [];
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = pairs
    .map(Number);
  const next = timestampOf(
    new Date(Date.UTC(Number(year), month - 1, day, hour, minute, second + 1)),
  );
  // Nothing comes after the last second of the year 9999.
  return next > version ? next : undefined;
}

const TIMESTAMP = /^[1-9][0-9]{13}$/;
const TIMESTAMP_DIGITS = 14;
