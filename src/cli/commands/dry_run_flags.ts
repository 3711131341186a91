import type { Flag, Flags } from "./command.ts";

/** The flag for a dry run that runs the statements, beside `--dry-run`. */
export const EXECUTE_FLAG: Flag = {
  name: "dry-run=execute",
  summary: "Run it in one transaction, roll that back, and tell what it did",
};

/** Which dry run the flags ask for. */
export function readDryRun(flags: Flags): boolean | "execute" {
  return flags.has(EXECUTE_FLAG.name) ? "execute" : flags.has("dry-run");
}
