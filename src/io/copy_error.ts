import { columnOfValue, parseCopyContext } from "../core/sql/copy_error.ts";
import { ExecutionError, type LockstepError } from "../errors.ts";
import { readLines, type Script } from "./script.ts";

/**
 * The error of a COPY with the place of the bad data in the script, which the
 * server counts from the first line of the data.
 */
export async function placeCopyError(
  error: LockstepError,
  script: Script,
  dataLine: number | undefined,
): Promise<LockstepError> {
  const where = error.server?.where;
  if (!(error instanceof ExecutionError) || where === undefined) return error;
  const fault = parseCopyContext(where);
  if (fault === undefined || dataLine === undefined) return error;
  const found = await findLine(script, dataLine + fault.line - 1, fault.value);
  if (found === undefined) return error;
  const { code, message, hint, server, remains } = error;
  return new ExecutionError(code, message, {
    remains,
    location: {
      path: script.path,
      line: found.line,
      column: columnOfValue(found.excerpt, fault.value),
      excerpt: found.excerpt,
    },
    ...(hint !== undefined && { hint }),
    ...(server !== undefined && { server }),
    cause: error,
  });
}

interface FoundLine {
  readonly line: number;
  readonly excerpt: string;
}

/** So far the server's count may be behind. */
const LINES_AHEAD = 1000;

/**
 * The line that the server means. It does not count every line break inside a
 * quoted value of CSV, so the value is looked for a little further on, too.
 */
async function findLine(
  script: Script,
  first: number,
  value: string | undefined,
): Promise<FoundLine | undefined> {
  const shown = value?.split("\n", 1)[0]?.replace(/\.\.\.$/, "") ?? "";
  let named: FoundLine | undefined;
  let line = first;
  for await (const excerpt of readLines(script, first)) {
    named ??= { line, excerpt };
    if (excerpt.includes(shown)) return { line, excerpt };
    if (++line > first + LINES_AHEAD) break;
  }
  return named;
}
