import { FileError } from "../../errors.ts";
import { findNearest } from "../suggestion.ts";
import type { UnsetVariable } from "./statement.ts";

/** The error for a variable in quotes that nothing declares. */
export function unknownVariable(
  { name, written, line, column }: UnsetVariable,
  { path, known }: { readonly path: string; readonly known: readonly string[] },
): FileError {
  const nearest = findNearest(name, known);
  return new FileError(
    "unknown_variable",
    `Cannot replace ${written} on line ${line} as there is no variable "${name}"`,
    {
      hint: nearest === undefined
        ? `declare it with --var ${name}=value, or, if it is no variable, put a space after the colon`
        : `did you mean "${nearest}"?`,
      location: { path, line, column },
    },
  );
}
