import type {
  DryRunReport,
  TriedStep,
} from "../core/dry_run/dry_run_report.ts";
import type { Case, Issue } from "./digest.ts";
import { count, showText } from "./layout.ts";
import { relativePath } from "./place.ts";

/** The migrations of an executed dry run, the failed one with its error. */
export function casesOfDryRun(
  { steps, error }: DryRunReport,
  issues: readonly Issue[],
  cwd: string | undefined,
): readonly Case[] {
  const reasons = error === undefined ? [] : issues.slice(0, 1);
  return steps.map((step) => {
    const { version, name, path, status, durationMs } = step;
    return {
      name: showText(`${version}_${name}`),
      path: showText(relativePath(path, cwd)),
      state: status === "done"
        ? "passed"
        : status === "failed"
        ? "failed"
        : "skipped",
      note: noteOf(step),
      ...(durationMs !== undefined && { durationMs }),
      issues: status === "failed" ? reasons : [],
    };
  });
}

function noteOf({ status, skipped, statements }: TriedStep): string {
  const left = skipped === 0
    ? ""
    : `, without ${count(skipped, "statement")} that cannot be tried`;
  const rewritten = new Set(
    statements.flatMap((one) => one.rewritten.map(({ name }) => name)),
  );
  const rewrites = rewritten.size === 0
    ? ""
    : `; rewrites ${[...rewritten].map(showText).join(", ")}`;
  return `${WORDS[status]}${left}${rewrites}`;
}

const WORDS: Readonly<Record<TriedStep["status"], string>> = {
  done: "tried and rolled back",
  failed: "failed",
  not_run: "not run",
};
