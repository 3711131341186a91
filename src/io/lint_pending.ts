import type { Finding } from "../core/finding.ts";
import { type FailOn, findingsFrom } from "../core/lint/fail_on.ts";
import { countFindings } from "../core/count_findings.ts";
import type { LintFile } from "../core/lint/rule.ts";
import { SchemaSoFar } from "../core/lint/schema_so_far.ts";
import type { Migration } from "../core/migration.ts";
import type { Step } from "../core/plan/plan.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { FileError, type SourceLocation } from "../errors.ts";
import { lintFile, seeFile, upFileOf } from "./lint_file.ts";

/** What is too bad, and what the folder has besides what is pending. */
export interface PendingLint {
  readonly migrations: readonly Migration[];
  readonly settings: RunSettings;
  readonly failOn: FailOn;
}

/** What lint finds in the steps that is as bad as that, or worse. */
export async function findInPending(
  steps: readonly Step[],
  { migrations, settings, failOn }: PendingLint,
): Promise<readonly Finding[]> {
  const pending = migrations.filter(({ up }) =>
    steps.some(({ filePath }) => filePath === up.path)
  ).map(upFileOf);
  const find = async (schema: SchemaSoFar) =>
    findingsFrom(await lintAll(pending, schema, settings), failOn);
  const found = await find(new SchemaSoFar());
  if (found.length === 0) return found;
  // Only then it matters what the applied files say, which may be many.
  const schema = new SchemaSoFar();
  const [first] = pending;
  for (const file of migrations.map(upFileOf)) {
    if (file.path === first?.path) break;
    await seeFile(file, schema, settings);
  }
  schema.startFile();
  return await find(schema);
}

/** One error for all that was found; undefined for nothing. */
export function toLintError(
  findings: readonly Finding[],
): FileError | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const { location } = first;
  return new FileError(
    "lint_findings",
    `Cannot migrate as lint finds ${
      countFindings(findings)
    } in what is pending`,
    {
      hint: "mend the files, or write " +
        '"-- lockstep: lint-ignore <rule>: <reason>" before the statement; ' +
        "--fail-on off does without lint",
      // Without the line itself, which the finding shows.
      ...(location !== undefined && { location: placeOf(location) }),
    },
  );
}

async function lintAll(
  files: readonly LintFile[],
  schema: SchemaSoFar,
  settings: RunSettings,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const file of files) {
    findings.push(...(await lintFile(file, schema, settings)).findings);
  }
  return findings;
}

function placeOf({ path, line, column }: SourceLocation): SourceLocation {
  return {
    path,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
