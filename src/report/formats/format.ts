import type { Report } from "../../core/report.ts";
import type { Verbosity } from "../human.ts";
import type { Theme } from "../theme.ts";

/** A way to print a result. */
export interface Format {
  /** What it is, for the reference. */
  readonly summary: string;
  /** The text for standard output. */
  render(report: Report, context: FormatContext): string;
}

/** What a format knows besides the report. */
export interface FormatContext {
  readonly verbosity: Verbosity;
  readonly theme: Theme;
  /** The working directory, which paths are made relative to. */
  readonly cwd: string | undefined;
}
