import type { VersionState, VersionStatus } from "../core/report.ts";
import type { Tone } from "./theme.ts";

/** A baseline row may already carry its name in its version. */
export function labelOf(
  { version, name }: Pick<VersionStatus, "version" | "name">,
): string {
  return version.endsWith(name) ? version : `${version}_${name}`;
}

/** When it was applied, or rolled back. */
export function momentOf(version: VersionStatus): string | undefined {
  return version.state === "rolled_back"
    ? version.rolledBackAt
    : version.appliedAt;
}

/** An error in one line, with its SQLSTATE. */
export function errorLine(
  { error, sqlstate }: { readonly error: string; readonly sqlstate?: string },
): string {
  const code = sqlstate === undefined ? "" : ` (${sqlstate})`;
  return `${error.split("\n")[0]}${code}`;
}

/** What people call each state. */
export const STATE_WORDS: Readonly<Record<VersionState, string>> = {
  applied: "applied",
  pending: "pending",
  failed: "failed",
  rolled_back: "rolled back",
  partly_applied: "partly applied",
  partly_rolled_back: "partly rolled back",
  out_of_order: "out of order",
  changed: "changed",
  missing: "file missing",
  baseline: "baseline",
};

/** What each state means to its reader. */
export const STATE_TONES: Readonly<Record<VersionState, Tone>> = {
  applied: "good",
  pending: "warning",
  failed: "bad",
  rolled_back: "dim",
  partly_applied: "bad",
  partly_rolled_back: "bad",
  out_of_order: "bad",
  changed: "bad",
  missing: "bad",
  baseline: "dim",
};

/** The sign before each state. */
export const STATE_SIGNS: Readonly<
  Record<VersionState, "done" | "failed" | "waiting" | "partial">
> = {
  applied: "done",
  pending: "waiting",
  failed: "failed",
  rolled_back: "waiting",
  partly_applied: "partial",
  partly_rolled_back: "partial",
  out_of_order: "partial",
  changed: "partial",
  missing: "partial",
  baseline: "done",
};
