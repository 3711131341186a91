import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { showName } from "../core/display.ts";
import {
  compareVersions,
  downFileName,
  upFileName,
} from "../core/migration_name.ts";
import {
  renderDownTemplate,
  renderUpTemplate,
  slugOf,
  type TemplateValues,
} from "../core/template.ts";
import { nextTimestamp, timestampOf } from "../core/timestamp.ts";
import { ConfigError, UsageError } from "../errors.ts";
import type { LoadedMigrations } from "./migration_files.ts";
import { ROLLBACKS, shownPath } from "./migration_folder.ts";
import { errorCode } from "./script_file.ts";

/** What a new migration is made of. */
export interface CreateRequest {
  /** The folder; it is made when it is missing. */
  readonly dir: string;
  readonly cwd: string;
  /** As the user calls it, such as `add user authentication`. */
  readonly name: string;
  readonly author: string;
  readonly now: Date;
  readonly loaded: LoadedMigrations;
  /** In place of the templates. */
  readonly texts?: (values: TemplateValues) => MigrationTexts;
}

/** What the two files of a new migration hold. */
export interface MigrationTexts {
  readonly up: string;
  readonly down: string;
}

/** The two files of a new migration. */
export interface CreatedMigration {
  readonly version: string;
  /** From the working directory. */
  readonly paths: { readonly up: string; readonly down: string };
}

/**
 * Writes the files of a new migration, both or neither, and never over a
 * file that is there. Throws `UsageError` for a name without letters and
 * `ConfigError` when the folder cannot be written to.
 */
export function createMigration(request: CreateRequest): CreatedMigration {
  const slug = slugOf(request.name);
  const folder = resolve(request.cwd, request.dir);
  const shown = shownPath(request.dir, request.cwd);
  try {
    mkdirSync(join(folder, ROLLBACKS), { recursive: true });
    const version = claimVersion(folder, firstVersion(request), (version) => {
      const values = templateValues(request, version, slug);
      writeBoth(folder, values, (request.texts ?? fromTemplates)(values));
    });
    const file = { version, name: slug };
    const up = join(shown, upFileName(file));
    const down = join(shown, ROLLBACKS, downFileName(file));
    return { version, paths: { up, down } };
  } catch (error) {
    throw asWriteError(error, shown);
  }
}

/** The present second, or the one after the newest migration's. */
function firstVersion({ now, loaded }: CreateRequest): string {
  const present = timestampOf(now);
  const newest = loaded.migrations.at(-1)?.version;
  if (newest === undefined || compareVersions(newest, present) < 0) {
    return present;
  }
  return nextTimestamp(newest) ?? present;
}

/**
 * Calls `write` with the first free version, and keeps others who create at
 * the same moment from taking that version under another name.
 */
function claimVersion(
  folder: string,
  first: string,
  write: (version: string) => void,
): string {
  let version: string | undefined = first;
  while (version !== undefined) {
    const claim = join(folder, `.${version}.creating`);
    if (tryClaim(claim)) {
      try {
        if (!isTaken(folder, version)) {
          write(version);
          return version;
        }
      } finally {
        rmSync(claim, { force: true });
      }
    }
    version = nextTimestamp(version);
  }
  throw new UsageError(
    "file_exists",
    `Cannot create a migration as no version from "${first}" on is free`,
  );
}

function tryClaim(path: string): boolean {
  try {
    closeSync(openSync(path, "wx"));
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function isTaken(folder: string, version: string): boolean {
  const names = [
    ...readdirSync(folder),
    ...readdirSync(join(folder, ROLLBACKS)),
  ];
  return names.some((name) => name.startsWith(`${version}_`));
}

function templateValues(
  { name, author, now, loaded }: CreateRequest,
  version: string,
  slug: string,
): TemplateValues {
  const values = {
    version,
    slug,
    description: name,
    author,
    date: now.toISOString().slice(0, "YYYY-MM-DD".length),
  };
  const newest = loaded.migrations.findLast((migration) =>
    compareVersions(migration.version, version) < 0
  );
  return newest === undefined
    ? values
    : { ...values, dependency: upFileName(newest) };
}

function fromTemplates(values: TemplateValues): MigrationTexts {
  return { up: renderUpTemplate(values), down: renderDownTemplate(values) };
}

/** The rollback first: alone it is only warned of and blocks nothing. */
function writeBoth(
  folder: string,
  values: TemplateValues,
  texts: MigrationTexts,
): void {
  const file = { version: values.version, name: values.slug };
  const down = join(folder, ROLLBACKS, downFileName(file));
  writeNew(down, texts.down);
  try {
    writeNew(join(folder, upFileName(file)), texts.up);
  } catch (error) {
    rmSync(down, { force: true });
    throw error;
  }
}

/** Writes a file that is not there yet, all of it or nothing. */
function writeNew(path: string, text: string): void {
  const file = openSync(path, "wx");
  try {
    writeFileSync(file, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function asWriteError(error: unknown, shown: string): unknown {
  if (!(error instanceof Error) || error instanceof UsageError) return error;
  const folder = showName(shown);
  if (errorCode(error) === "EEXIST") {
    return new UsageError(
      "file_exists",
      `Cannot create a migration as a file is in its way in "${folder}"`,
      { hint: `remove it: ${showName(error.message)}`, cause: error },
    );
  }
  return new ConfigError(
    "unwritable_directory",
    `Cannot create a migration as the folder "${folder}" cannot be written to`,
    {
      hint: `give this user the right to write there, or name another ` +
        `folder with --migrations-dir (the system said: ${
          showName(error.message)
        })`,
      cause: error,
    },
  );
}
