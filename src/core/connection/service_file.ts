import { ConfigError } from "../../errors.ts";
import { type ParameterValues, requireParameter } from "./parameter.ts";

/**
 * The parameters of one service, or nothing when the file does not have it
 * (PostgreSQL documentation, "The Connection Service File"). Only the lines
 * of that service are judged.
 */
export function findService(
  text: string,
  options: { readonly service: string; readonly path: string },
): ParameterValues | undefined {
  const { service, path } = options;
  let values: Map<string, string> | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (values !== undefined) return values;
      if (line === `[${service}]`) values = new Map();
      continue;
    }
    if (values === undefined) continue;
    addLine(line, values, `line ${index + 1} of "${path}"`);
  }
  return values;
}

function addLine(
  line: string,
  values: Map<string, string>,
  place: string,
): void {
  const equals = line.indexOf("=");
  const keyword = line.slice(0, Math.max(equals, 0));
  if (equals < 0 || keyword === "service" || keyword === "servicefile") {
    throw new ConfigError(
      "invalid_setting",
      `Cannot use ${place} as it is not a parameter of a service`,
      { hint: "write parameter=value, without spaces around the =" },
    );
  }
  const value = line.slice(equals + 1);
  requireParameter(keyword, value, place);
  // As in libpq, the first line wins.
  if (!values.has(keyword)) values.set(keyword, value);
}
