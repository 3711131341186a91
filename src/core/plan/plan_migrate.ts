import { HistoryError, UsageError } from "../../errors.ts";
import { dependenciesOf } from "../dependencies.ts";
import type { Finding } from "../finding.ts";
import { type History, type HistoryEntry, isBaseline } from "../history.ts";
import type { Migration } from "../migration.ts";
import { compareVersions } from "../migration_name.ts";
import type { Plan, Step } from "./plan.ts";
import {
  findIntegrityFindings,
  indexByVersion,
  requireOneRowEach,
  type VersionIndex,
} from "./verify.ts";

/** How a plan forwards is made. */
export interface MigratePlanOptions {
  /** Up to and including this version; absent for all. */
  readonly target?: string | undefined;
  /** Whether integrity findings stop the run, or are passed and listed. */
  readonly integrity: "require" | "force";
  /** Whether a pending file may be older than an applied one. */
  readonly order: "strict" | "any";
}

/**
 * Plans what brings the database to the newest version, or to the target.
 *
 * @throws {UsageError} If the target is no known version.
 * @throws {HistoryError} If files and history do not agree, if an earlier
 * rollback stopped part-way, or if a dependency would not be applied.
 */
export function planMigrate(
  migrations: readonly Migration[],
  history: History,
  options: MigratePlanOptions,
): Plan {
  const entries = indexByVersion(history.entries);
  requireTarget(migrations, options.target);
  requireOneRowEach(history.entries);
  requireNoPartRollback(history.entries);
  const forced = findIntegrityFindings(migrations, history.entries);
  if (options.integrity === "require") throwFindings(forced, "migrate");
  const pending = migrations.filter((migration) =>
    entries.find(migration.version)?.state !== "applied" &&
    isUpTo(migration.version, options.target)
  );
  if (options.order === "strict") requireOrder(pending, history.entries);
  requireDependencies(pending, migrations, history.entries);
  return {
    direction: "migrate",
    steps: pending.map((migration) =>
      migrateStep(migration, migrations, entries)
    ),
    findings: forced,
  };
}

/** The applied entry with the highest number, if there is one. */
export function findNewestApplied(
  entries: readonly HistoryEntry[],
): HistoryEntry | undefined {
  return entries
    .filter((entry) => entry.state === "applied" && !isBaseline(entry))
    .reduce<HistoryEntry | undefined>(
      (newest, entry) =>
        newest === undefined ||
          compareVersions(entry.version, newest.version) > 0
          ? entry
          : newest,
      undefined,
    );
}

/**
 * Throws the first of the findings as an error that carries the others;
 * `action` is what they keep from being done, such as `migrate`.
 */
export function throwFindings(
  findings: readonly Finding[],
  action: string,
): void {
  const [first, ...others] = findings;
  if (first === undefined) return;
  throw toError(
    first,
    action,
    others.map((finding) => toError(finding, action, [])),
  );
}

function toError(
  { code, message, hint, location }: Finding,
  action: string,
  others: readonly HistoryError[],
): HistoryError {
  const state = message.charAt(0).toLowerCase() + message.slice(1);
  const wayOn = "go past this with --force";
  return new HistoryError(
    historyCode(code),
    `Cannot ${action} as ${state}`,
    {
      hint: hint === undefined ? wayOn : `${hint}, or ${wayOn}`,
      ...(location !== undefined && { location }),
      others,
    },
  );
}

function historyCode(code: string): "missing_file" | "checksum_mismatch" {
  return code === "missing_file" ? "missing_file" : "checksum_mismatch";
}

function requireTarget(
  migrations: readonly Migration[],
  target: string | undefined,
): void {
  if (target === undefined) return;
  if (/^[0-9]+$/.test(target) && indexByVersion(migrations).find(target)) {
    return;
  }
  throw new UsageError(
    "unknown_version",
    `Cannot migrate to "${target}" as no migration has that version`,
    {
      hint: migrations.length === 0
        ? "the migrations folder is empty"
        : `the newest version is "${
          migrations.at(-1)?.version
        }"; see "lockstep status"`,
    },
  );
}

function isUpTo(version: string, target: string | undefined): boolean {
  return target === undefined || compareVersions(version, target) <= 0;
}

function requireNoPartRollback(entries: readonly HistoryEntry[]): void {
  const entry = entries.find(({ state }) => state === "partly_rolled_back");
  if (entry === undefined) return;
  throw new HistoryError(
    "partly_rolled_back",
    `Cannot migrate as the rollback of "${entry.version}" stopped part-way`,
    {
      hint:
        'finish it with "lockstep rollback"; if it cannot go on, say what ' +
        `is there with "lockstep repair --mark-applied ${entry.version}" or ` +
        `"--mark-not-applied ${entry.version}"`,
    },
  );
}

function requireOrder(
  pending: readonly Migration[],
  entries: readonly HistoryEntry[],
): void {
  const newest = findNewestApplied(entries);
  if (newest === undefined) return;
  const older = pending.find(({ version }) =>
    compareVersions(version, newest.version) < 0
  );
  if (older === undefined) return;
  throw new HistoryError(
    "out_of_order",
    `Cannot apply "${older.up.path}" as the newer version ` +
      `"${newest.version}_${newest.name}" is already applied`,
    {
      hint: "give the file a newer version, apply it all the same with " +
        "--allow-out-of-order, or, if what it does is there already, run " +
        `"lockstep repair --mark-applied ${older.version}"`,
      location: { path: older.up.path },
    },
  );
}

function requireDependencies(
  pending: readonly Migration[],
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): void {
  const applied = indexByVersion(
    entries.filter((entry) => entry.state === "applied"),
  );
  const planned = indexByVersion(pending);
  for (const migration of pending) {
    const missing = dependenciesOf(migration, migrations).find((version) =>
      applied.find(version) === undefined &&
      planned.find(version) === undefined
    );
    if (missing === undefined) continue;
    const line = migration.up.header.dependenciesLine;
    throw new HistoryError(
      "dependency_not_applied",
      `Cannot apply "${migration.up.path}" as its dependency "${missing}" ` +
        `is not applied`,
      {
        hint: `apply "${missing}" first, or correct the line "Dependencies:"`,
        location: {
          path: migration.up.path,
          ...(line !== undefined && { line }),
        },
      },
    );
  }
}

function migrateStep(
  migration: Migration,
  migrations: readonly Migration[],
  entries: VersionIndex<HistoryEntry>,
): Step {
  const entry = entries.find(migration.version);
  const resume = entry?.state === "partly_applied" ? entry.progress : undefined;
  return {
    direction: "migrate",
    version: entry?.version ?? migration.version,
    name: migration.name,
    origin: { kind: "file", file: migration.up },
    checksum: migration.up.checksum,
    filePath: migration.up.path,
    dependencies: dependenciesOf(migration, migrations),
    directives: migration.up.header.directives,
    ...(migration.down !== undefined && { down: migration.down }),
    ...(resume !== undefined && { resume }),
  };
}
