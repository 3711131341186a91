import type { Finding } from "../core/finding.ts";
import type { History } from "../core/history.ts";
import type { LintOptions } from "../core/lint/lint_report.ts";
import type { LiveDatabase } from "../core/lint/live_tables.ts";
import type { LintFile } from "../core/lint/rule.ts";
import type { QualifiedName } from "../core/sql/quote.ts";
import { namesIn } from "./lint_file.ts";
import { connectionFindings } from "./loading.ts";
import { describeTarget } from "./postgres/connection.ts";
import { readHistory } from "./postgres/history_store.ts";
import { readLiveTables } from "./postgres/live_tables.ts";
import type { Target } from "./postgres/target.ts";

/** What the database says of files. */
export interface LookedUp {
  readonly target: string;
  readonly warnings: readonly Finding[];
  /** Absent where nobody asks what is applied. */
  readonly history: History | undefined;
  /** Absent where a lock was in the way. */
  readonly live: LiveDatabase | undefined;
}

/** What the server knows of the tables that files name, and what is applied. */
export async function lookUp(
  files: readonly LintFile[],
  target: Target,
  options: Pick<LintOptions, "fix">,
): Promise<LookedUp> {
  const opening = target.connect();
  // Whoever awaits it below meets the error.
  opening.catch(() => undefined);
  const names: QualifiedName[] = [];
  for (const file of files) {
    names.push(...await namesIn(file, target.settings));
  }
  await using connection = await opening;
  const [history, live] = await Promise.all([
    options.fix === undefined
      ? undefined
      : readHistory(connection, target.names),
    readLiveTables(connection, names),
  ]);
  const found = await connectionFindings(target);
  return {
    target: describeTarget(connection.target),
    warnings: live === undefined ? [...found, UNKNOWN_SIZES] : found,
    history,
    live,
  };
}

const UNKNOWN_SIZES: Finding = {
  severity: "warning",
  code: "sizes-unknown",
  message: "The tables are taken for big ones, as one of them is locked and " +
    "its size cannot be read",
  hint: "run it again once the lock is free",
};
