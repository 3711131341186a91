import { FileError } from "../errors.ts";
import { readLine, type Script } from "./script.ts";

/**
 * Does work on a script and adds the line to the errors that tell its number:
 * the lexer knows where it stopped, but no longer has the line.
 */
export async function showingLine<Result>(
  script: Script,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { code, message, hint, location } = error;
    if (location?.line === undefined || location.excerpt !== undefined) {
      throw error;
    }
    const excerpt = await readLine(script, location.line);
    throw new FileError(code, message, {
      location: { ...location, ...(excerpt !== undefined && { excerpt }) },
      ...(hint !== undefined && { hint }),
      cause: error,
    });
  }
}
