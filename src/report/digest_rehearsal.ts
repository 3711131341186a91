import type {
  RehearsalReport,
  RehearsedMigration,
} from "../core/rehearsal/rehearsal_report.ts";
import type { Case, Issue } from "./digest.ts";
import { showText } from "./layout.ts";
import { relativePath } from "./place.ts";
import { REHEARSAL_WORDS } from "./rehearsal_text.ts";

/** The migrations of a rehearsal, each with what was found of it. */
export function casesOfRehearsal(
  { migrations, findings, error }: RehearsalReport,
  issues: readonly Issue[],
  cwd: string | undefined,
): readonly Case[] {
  // Behind the error, the issues begin with the findings.
  const ofFindings = error === undefined ? issues : issues.slice(1);
  return migrations.map((one) => {
    const own = ofFindings.filter((_, index) =>
      findings[index]?.version === one.version
    );
    return caseOf(one, own, cwd);
  });
}

function caseOf(
  { version, name, path, status, durationMs }: RehearsedMigration,
  issues: readonly Issue[],
  cwd: string | undefined,
): Case {
  const isBad = status === "different" || status === "failed";
  const isIdle = status === "not_run";
  return {
    name: showText(`${version}_${name}`),
    path: showText(relativePath(path, cwd)),
    state: isIdle ? "skipped" : isBad ? "failed" : "passed",
    note: REHEARSAL_WORDS[status],
    ...(durationMs !== undefined && { durationMs }),
    issues,
  };
}
