import { UsageError } from "../../errors.ts";
import { showName } from "../display.ts";
import type { Migration } from "../migration.ts";
import { compareVersions, isVersion } from "../migration_name.ts";
import { indexByVersion } from "../plan/verify.ts";

/**
 * The migrations up to and including a version.
 *
 * @throws {UsageError} If no file has it.
 */
export function chooseMigrations(
  migrations: readonly Migration[],
  version: string,
): readonly Migration[] {
  const isThere = isVersion(version) &&
    indexByVersion(migrations).find(version) !== undefined;
  if (!isThere) throw unknown(version);
  return migrations.filter((one) => compareVersions(one.version, version) <= 0);
}

/**
 * Returns when a file of that version can be the first one.
 *
 * @throws {UsageError} If it is no version, or older files are there.
 */
export function requireFirst(
  migrations: readonly Migration[],
  version: string,
): void {
  if (!isVersion(version)) throw noVersion(version);
  const older = migrations.find((one) =>
    compareVersions(one.version, version) <= 0
  );
  if (older !== undefined) throw notFirst(older, version);
}

function unknown(version: string): UsageError {
  return new UsageError(
    "unknown_version",
    `Cannot record a baseline up to "${
      showName(version)
    }" as no migration has that version`,
    {
      hint: "name the version of a file; to write the first file from the " +
        "database, add --dump",
    },
  );
}

function noVersion(version: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot use "${showName(version)}" as a version as it is no number`,
    { hint: 'name one such as "001"' },
  );
}

function notFirst({ up }: Migration, version: string): UsageError {
  return new UsageError(
    "file_exists",
    `Cannot write "${version}" as the first migration as "${
      showName(up.path)
    }" is not newer`,
    {
      hint:
        "name a version below all files; or, where the files are what made " +
        "this database, leave --dump out",
    },
  );
}
