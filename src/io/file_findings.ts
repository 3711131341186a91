import type { Finding } from "../core/finding.ts";
import { FileError, type FileErrorCode } from "../errors.ts";

/** One error for everything that makes a set of files unusable. */
export function toFileError(
  findings: readonly Finding[],
): FileError | undefined {
  const [first, ...others] = findings
    .filter(({ severity }) => severity === "error");
  if (first === undefined) return undefined;
  return fileError(first, others.map((finding) => fileError(finding, [])));
}

function fileError(finding: Finding, others: readonly FileError[]): FileError {
  return new FileError(finding.code as FileErrorCode, finding.message, {
    ...(finding.hint !== undefined && { hint: finding.hint }),
    ...(finding.location !== undefined && { location: finding.location }),
    others,
  });
}
