import type { Theme } from "../report/theme.ts";
import type { Host, StreamName } from "./host.ts";

/**
 * How text is to be written to a stream: in colors on a terminal, unless
 * `NO_COLOR` (https://no-color.org) or `TERM=dumb` say otherwise, or anywhere
 * when `FORCE_COLOR` does.
 */
export function chooseTheme(host: Host, stream: StreamName): Theme {
  const terminal = host.terminals[stream];
  return {
    columns: terminal?.columns,
    colors: hasColors(host, terminal !== undefined) ? "on" : "off",
    symbols: hasUnicode(host.env) ? "unicode" : "ascii",
  };
}

/** Whether a line that is written can be cleared again. */
export function canRedraw(
  { terminals, env }: Host,
  stream: StreamName,
): boolean {
  return terminals[stream] !== undefined && env.TERM !== "dumb";
}

function hasColors({ env }: Host, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTerminal && env.TERM !== "dumb";
}

/** The first of these that is set decides, as POSIX has it. */
function hasUnicode(env: Host["env"]): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return /utf-?8/i.test(locale);
}
