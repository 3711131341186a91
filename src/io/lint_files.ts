import type { Finding } from "../core/finding.ts";
import { findingsFrom } from "../core/lint/fail_on.ts";
import type { LiveDatabase } from "../core/lint/live_tables.ts";
import type { LintOptions, LintReport } from "../core/lint/lint_report.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { SchemaSoFar } from "../core/lint/schema_so_far.ts";
import { listLocks, type StatementLocks } from "../core/locks/script_locks.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { chooseLintFiles } from "./choose_lint_files.ts";
import type { LintFix } from "../core/lint/lint_fix.ts";
import { type LintedFile, lintFile } from "./lint_file.ts";
import { lookUp } from "./look_up.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Target } from "./postgres/target.ts";

/**
 * Runs the rules over files, in the order in which they would run, and over
 * what a fix has made of them.
 */
export async function lintFiles(
  settings: RunSettings,
  options: LintOptions,
  target?: Target,
): Promise<LintReport> {
  let draft = newDraft();
  try {
    const chosen = await chooseLintFiles(settings, options.files ?? []);
    const looked = target !== undefined && options.live === true
      ? await lookUp(chosen.files, target, options)
      : undefined;
    const work = { settings, options, live: looked?.live };
    const about = {
      ...(looked !== undefined && { target: looked.target }),
      warnings: looked?.warnings ?? [],
    };
    draft = { ...draft, ...about, findings: [...chosen.findings] };
    const linted = await lintAll(chosen.files, work, draft);
    if (options.fix !== undefined) {
      const { fixFiles } = await import("./fix_files.ts");
      const fixed = await fixFiles(linted, { ...work, looked });
      draft = { ...draft, ...fixed };
      if (options.fix === "write") {
        const { files = [] } = options;
        // Without names all files are chosen, the new ones among them.
        const again = await chooseLintFiles(
          settings,
          files.length === 0 ? [] : [...files, ...fixed.created],
        );
        const findings = [...again.findings];
        draft = { ...newDraft(), ...about, ...fixed, findings };
        await lintAll(again.files, work, draft);
      }
    }
    const failOn = options.failOn ?? settings.failOn ?? "error";
    const success = findingsFrom(draft.findings, failOn).length === 0;
    return { kind: "lint", success, ...draft };
  } catch (failure) {
    const error = requireKnown(failure);
    return { kind: "lint", success: false, ...draft, error };
  }
}

interface Draft {
  files: number;
  statements: number;
  suppressed: number;
  findings: Finding[];
  locks?: readonly StatementLocks[];
  target?: string;
  fixes?: readonly LintFix[];
  created?: readonly string[];
  warnings: readonly Finding[];
}

function newDraft(): Draft {
  return { files: 0, statements: 0, suppressed: 0, findings: [], warnings: [] };
}

interface Work {
  readonly settings: RunSettings;
  readonly options: LintOptions;
  readonly live: LiveDatabase | undefined;
}

async function lintAll(
  files: readonly LintFile[],
  { settings, options, live }: Work,
  draft: Draft,
): Promise<readonly LintedFile[]> {
  const schema = new SchemaSoFar();
  const lockSchema = new SchemaSoFar();
  const wanted = options.locks === true ? "locks" : "rules";
  const linted: LintedFile[] = [];
  for (const file of files) {
    const isKept = options.newFor === "all" && file.direction === "up";
    if (!isKept) { for (const one of [schema, lockSchema]) one.startFile(); }
    const one = await lintFile(file, schema, { ...settings, wanted, live });
    draft.files++;
    draft.statements += one.read?.script.statements.length ?? 0;
    draft.suppressed += one.suppressed;
    draft.findings.push(...one.findings);
    if (options.locks === true && one.read !== undefined) {
      const locks = listLocks(one.read.script, lockSchema, live);
      draft.locks = [...draft.locks ?? [], ...locks];
    }
    // All trees of all files would be much to keep.
    if (options.fix !== undefined) linted.push(one);
  }
  return linted;
}
