import { HistoryError, UsageError } from "../../errors.ts";
import type { MigrationDirectives } from "../directives.ts";
import { dependenciesOf } from "../dependencies.ts";
import { type History, type HistoryEntry, isBaseline } from "../history.ts";
import type { Migration } from "../migration.ts";
import {
  compareVersions,
  downFileName,
  sameVersion,
} from "../migration_name.ts";
import { throwFindings } from "./plan_migrate.ts";
import type { Plan, ScriptOrigin, Step } from "./plan.ts";
import {
  findIntegrityFindings,
  indexByVersion,
  requireOneRowEach,
  type VersionIndex,
} from "./verify.ts";

/** How far to roll back. */
export type RollbackTarget =
  /** The newest applied versions, that many. */
  | { readonly kind: "count"; readonly count: number }
  /** Everything newer than this version, which stays applied. */
  | { readonly kind: "to"; readonly version: string }
  /** These, newest first, whatever else is applied. */
  | { readonly kind: "only"; readonly versions: readonly string[] };

/** How a plan backwards is made. */
export interface RollbackPlanOptions {
  readonly target: RollbackTarget;
  readonly integrity: "require" | "force";
}

/**
 * Plans what rolls the newest applied versions back, newest first.
 *
 * @throws {UsageError} If `--to` names no applied version.
 * @throws {HistoryError} If a down script is missing, if an applied version
 * depends on one that would go, or if a file changed after it was applied.
 */
export function planRollback(
  migrations: readonly Migration[],
  history: History,
  options: RollbackPlanOptions,
): Plan {
  const files = indexByVersion(migrations);
  requireOneRowEach(history.entries);
  requireNoPartMigrate(history.entries);
  const chosen = chooseEntries(history.entries, options.target);
  const forced = findIntegrityFindings(migrations, chosen)
    .filter((finding) => finding.code === "checksum_mismatch");
  if (options.integrity === "require") throwFindings(forced, "roll back");
  requireRollbacks(chosen, files);
  requireNoDependents(chosen, migrations, history.entries);
  return {
    direction: "rollback",
    steps: chosen.map((entry) => rollbackStep(entry, files)),
    findings: forced,
  };
}

function requireNoPartMigrate(entries: readonly HistoryEntry[]): void {
  const entry = entries.find(({ state }) => state === "partly_applied");
  if (entry === undefined) return;
  throw new HistoryError(
    "partly_applied",
    `Cannot roll back as the migration "${entry.version}" stopped part-way`,
    {
      hint: 'finish it with "lockstep migrate"; if it was finished by hand, ' +
        `run "lockstep repair --mark-applied ${entry.version}"`,
    },
  );
}

function chooseEntries(
  entries: readonly HistoryEntry[],
  target: RollbackTarget,
): readonly HistoryEntry[] {
  const newestFirst = entries
    .filter((entry) =>
      (entry.state === "applied" || entry.state === "partly_rolled_back") &&
      !isBaseline(entry)
    )
    .sort((a, b) => compareVersions(b.version, a.version));
  if (target.kind === "count") return newestFirst.slice(0, target.count);
  if (target.kind === "only") {
    return newestFirst.filter(({ version }) =>
      target.versions.some((one) => sameVersion(one, version))
    );
  }
  requireApplied(entries, target.version);
  return newestFirst.filter(({ version }) =>
    isBaselineVersion(target.version) ||
    compareVersions(version, target.version) > 0
  );
}

function requireApplied(
  entries: readonly HistoryEntry[],
  version: string,
): void {
  // A number that is 0, such as "0" or "000", asks for everything.
  if (/^0+$/.test(version)) return;
  const isApplied = entries.some((entry) =>
    entry.state === "applied" &&
    (entry.version === version ||
      (!isBaselineVersion(version) && sameVersion(entry.version, version)))
  );
  if (isApplied) return;
  throw new UsageError(
    "unknown_version",
    `Cannot roll back to "${version}" as that version is not applied`,
    {
      hint: 'see "lockstep status"; "--to 0" rolls everything back',
    },
  );
}

function isBaselineVersion(version: string): boolean {
  return !/^[0-9]+$/.test(version);
}

function requireRollbacks(
  chosen: readonly HistoryEntry[],
  files: VersionIndex<Migration>,
): void {
  const stuck = chosen.flatMap((entry) => {
    const file = files.find(entry.version);
    const isIrreversible = file?.up.header.directives.irreversible === true ||
      downDirectives(entry, file).irreversible === true;
    if (isIrreversible) return [irreversible(entry)];
    const has = file?.down !== undefined || entry.keptRollback !== undefined;
    return has ? [] : [missingRollback(entry, file)];
  });
  const [first, ...others] = stuck;
  if (first === undefined) return;
  const { hint } = first;
  throw new HistoryError(first.code, first.message, {
    ...(hint !== undefined && { hint }),
    others,
  });
}

function irreversible(entry: HistoryEntry): HistoryError {
  return new HistoryError(
    "irreversible",
    `Cannot roll back "${entry.version}_${entry.name}" as it is marked ` +
      `irreversible`,
    {
      hint:
        'roll back to a newer version, or remove the directive "irreversible"',
    },
  );
}

function missingRollback(
  entry: HistoryEntry,
  file: Migration | undefined,
): HistoryError {
  const path = file?.up.path ?? entry.filePath;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return new HistoryError(
    "missing_rollback",
    `Cannot roll back "${entry.version}_${entry.name}" as it has no down ` +
      `script, neither in the folder nor in the database`,
    { hint: `write "${folder}rollbacks/${downFileName(entry)}"` },
  );
}

function requireNoDependents(
  chosen: readonly HistoryEntry[],
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): void {
  const leaving = indexByVersion(chosen);
  const files = indexByVersion(migrations);
  const staying = entries.filter((entry) =>
    entry.state === "applied" && leaving.find(entry.version) === undefined
  );
  for (const entry of staying) {
    const file = files.find(entry.version);
    const needed = [
      ...entry.dependencies,
      ...(file === undefined ? [] : dependenciesOf(file, migrations)),
    ].find((version) => leaving.find(version) !== undefined);
    if (needed === undefined) continue;
    throw new HistoryError(
      "dependent_applied",
      `Cannot roll back "${needed}" as the applied version ` +
        `"${entry.version}_${entry.name}" depends on it`,
      {
        hint:
          `roll "${entry.version}" back too, for example with a larger --count`,
      },
    );
  }
}

function rollbackStep(
  entry: HistoryEntry,
  files: VersionIndex<Migration>,
): Step {
  const file = files.find(entry.version);
  const resume = entry.state === "partly_rolled_back"
    ? entry.progress
    : undefined;
  return {
    direction: "rollback",
    version: entry.version,
    name: entry.name,
    origin: rollbackOrigin(entry, file),
    checksum: entry.checksum,
    filePath: entry.filePath,
    dependencies: entry.dependencies,
    directives: downDirectives(entry, file),
    ...(resume !== undefined && { resume }),
  };
}

/** Those of the script that will run: the file, else the kept copy. */
function downDirectives(
  entry: HistoryEntry,
  file: Migration | undefined,
): MigrationDirectives {
  return file?.down?.header.directives ?? entry.keptRollback?.directives ?? {};
}

function rollbackOrigin(
  entry: HistoryEntry,
  file: Migration | undefined,
): ScriptOrigin {
  if (file?.down !== undefined) return { kind: "file", file: file.down };
  return {
    kind: "kept",
    path: entry.keptRollback?.path ?? "",
    checksum: entry.keptRollback?.checksum ?? "",
  };
}
