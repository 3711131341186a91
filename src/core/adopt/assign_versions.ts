import { compareVersions, isVersion } from "../migration_name.ts";
import { nextTimestamp } from "../timestamp.ts";

/**
 * A version for each migration, rising from one to the next. What is a number
 * and rises already stays; numbers with dots become one number each, such as
 * 1.2 and 1.10 becoming 102 and 110; anything else gets the next free number.
 */
export function assignVersions(
  written: readonly (string | undefined)[],
): readonly string[] {
  const digits = withoutDots(written);
  const width = Math.max(MIN_WIDTH, String(digits.length).length);
  const assigned: string[] = [];
  for (const own of digits) {
    const before = assigned.at(-1);
    const keeps = own !== undefined && isVersion(own) &&
      (before === undefined || compareVersions(own, before) > 0);
    assigned.push(keeps ? own : versionAfter(before, width));
  }
  return assigned;
}

const MIN_WIDTH = 3;

function versionAfter(before: string | undefined, width: number): string {
  if (before === undefined) return "1".padStart(width, "0");
  return nextTimestamp(before) ??
    String(BigInt(before) + 1n).padStart(before.length, "0");
}

/** Each part as wide as the widest of its place, so that the order stays. */
function withoutDots(
  written: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  const parts = written.map((version) =>
    version !== undefined && DOTTED.test(version)
      ? version.split(".").map((part) => part.replace(/^0+(?=.)/, ""))
      : undefined
  );
  const length = Math.max(0, ...parts.map((one) => one?.length ?? 0));
  if (length < 2) return written;
  const widths = Array.from(
    { length },
    (_, place) => Math.max(...parts.map((one) => one?.[place]?.length ?? 1)),
  );
  return parts.map((one, index) =>
    one === undefined
      ? written[index]
      : one[0] + widths.slice(1).map((width, place) =>
        (one[place + 1] ?? "0").padStart(width, "0")
      ).join("")
  );
}

const DOTTED = /^[0-9]+(?:\.[0-9]+)*$/;
