import { showName } from "../display.ts";
import { FileError } from "../../errors.ts";
import type { SourceLocation } from "../../errors.ts";
import type { ScanMode } from "./scan_state.ts";
import type { TextProblem } from "./text_check.ts";

/** What a script opened and did not close, by the mode of the scanner. */
export function openedBy(mode: ScanMode): string | undefined {
  switch (mode) {
    case "plain_quote":
    case "escape_quote":
      return "quoted string";
    case "name_quote":
      return "quoted identifier";
    case "dollar_quote":
      return "dollar quote";
    case "block_comment":
      return "comment";
    case "gap":
    case "code":
    case "word":
    case "after_escape_quote":
    case "line_comment":
      return undefined;
  }
}

/** The error for a script that ends inside a quote or a comment. */
export function unterminated(
  opened: string,
  location: SourceLocation,
): FileError {
  return new FileError(
    "unterminated",
    `${
      cannotUse(location)
    } as the ${opened} opened on line ${location.line} is not closed`,
    { hint: `close the ${opened}`, location },
  );
}

/** The error for bytes that are no text that a server would take. */
export function unreadableText(
  problem: TextProblem["kind"],
  location: SourceLocation,
): FileError {
  switch (problem) {
    case "nul_byte":
      return new FileError(
        "nul_byte",
        `${
          cannotUse(location)
        } as there is a NUL byte on line ${location.line}`,
        {
          hint: "remove the byte; psql would skip the rest of its line",
          location,
        },
      );
    case "utf16":
      return new FileError(
        "invalid_encoding",
        `${cannotUse(location)} as it is in UTF-16`,
        { hint: "save the file as UTF-8", location },
      );
    case "not_utf8":
      return new FileError(
        "invalid_encoding",
        `${cannotUse(location)} as line ${location.line} is not in UTF-8`,
        { hint: "save the file as UTF-8", location },
      );
  }
}

/** The error for a mark that a version control system left in a file. */
export function mergeConflict(location: SourceLocation): FileError {
  return new FileError(
    "merge_conflict",
    `${
      cannotUse(location)
    } as there is a merge-conflict mark on line ${location.line}`,
    { hint: "resolve the conflict and remove its marks", location },
  );
}

/** The error for a statement that is too long to keep in memory. */
export function statementTooLong(
  maxBytes: number,
  opened: string | undefined,
  location: SourceLocation,
): FileError {
  return new FileError(
    "statement_too_long",
    `${
      cannotUse(location)
    } as the statement on line ${location.line} is longer than ${maxBytes} bytes`,
    {
      hint: opened === undefined
        ? "cut it into several statements, or raise --max-statement-size"
        : `look for a ${opened} that is not closed, cut it into several statements, or raise --max-statement-size`,
      location,
    },
  );
}

/** The error for what stands behind a COPY statement on its line. */
export function trailingCopyText(location: SourceLocation): FileError {
  return new FileError(
    "syntax_error",
    `${
      cannotUse(location)
    } as more SQL follows COPY … FROM STDIN on line ${location.line}`,
    { hint: 'move it below the "\\." line that ends the data', location },
  );
}

function cannotUse({ path }: SourceLocation): string {
  return `Cannot use "${showName(path)}"`;
}
