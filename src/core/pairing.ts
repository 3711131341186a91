import { showName } from "./display.ts";
import type { Finding } from "./finding.ts";
import {
  compareVersions,
  downFileName,
  type MigrationName,
  sameName,
  upFileName,
  versionKey,
} from "./migration_name.ts";

/** A file of the folder, known by its name alone. */
export interface NamedFile extends MigrationName {
  /** As findings show it, such as `migrations/003_add_indexes.sql`. */
  readonly path: string;
}

/** The two files of one version. */
export interface FilePair<File extends NamedFile> {
  readonly up: File;
  readonly down?: File;
}

/** The files of a folder by version, and what is wrong with their names. */
export interface Pairing<File extends NamedFile> {
  /** By version; of files that share one, the first by name. */
  readonly pairs: readonly FilePair<File>[];
  readonly findings: readonly Finding[];
}

/** Puts the files of `rollbacks/` to the migrations they lead back from. */
export function pairFiles<File extends NamedFile>(
  ups: readonly File[],
  downs: readonly File[],
): Pairing<File> {
  const findings: Finding[] = [];
  const upByVersion = keepFirst(ups, findings, hintForTwo);
  const downByVersion = keepFirst(downs, findings, () => TWO_FILES);
  for (const [key, down] of downByVersion) {
    const fault = judgeDown(down, upByVersion.get(key));
    if (fault !== undefined) findings.push(fault);
  }
  for (const [key, up] of upByVersion) {
    // Its own rollback shows that the name is meant so.
    if (isNamedDown(up) && !downByVersion.has(key)) findings.push(stray(up));
  }
  findings.push(...findOddTimestamps([...upByVersion.values()]));
  const pairs = [...upByVersion].map(([key, up]) => {
    const down = downByVersion.get(key);
    return down === undefined ? { up } : { up, down };
  });
  return { pairs, findings };
}

/** The first file of each version, by version. */
function keepFirst<File extends NamedFile>(
  files: readonly File[],
  findings: Finding[],
  hintFor: (file: File, first: File) => string,
): ReadonlyMap<string, File> {
  const kept = new Map<string, File>();
  for (const file of files.toSorted(compareFiles)) {
    const key = versionKey(file.version);
    const first = kept.get(key);
    if (first === undefined) kept.set(key, file);
    else findings.push(duplicate(file, first, hintFor(file, first)));
  }
  return kept;
}

function compareFiles(a: NamedFile, b: NamedFile): number {
  const order = compareVersions(a.version, b.version);
  if (order !== 0) return order;
  // Of two files of one version, the rollback is the one to complain of.
  if (isNamedDown(a) !== isNamedDown(b)) return isNamedDown(a) ? 1 : -1;
  return a.path < b.path ? -1 : 1;
}

function isNamedDown({ name }: NamedFile): boolean {
  return /_down$/i.test(name);
}

function duplicate(file: NamedFile, first: NamedFile, hint: string): Finding {
  return {
    severity: "error",
    code: "duplicate_version",
    message: `Cannot use "${showName(file.path)}" as "${
      showName(first.path)
    }" has the same version`,
    hint,
    location: { path: file.path },
  };
}

const TWO_FILES = "give one of the two another version, or delete it";

function hintForTwo(file: NamedFile, first: NamedFile): string {
  return isNamedDown(file) && !isNamedDown(first)
    ? `it is named as a rollback: move it to "${showName(rollbackPath(file))}"`
    : TWO_FILES;
}

/** Where a rollback belongs that lies beside the migrations. */
function rollbackPath({ path, version, name }: NamedFile): string {
  const fileName = downFileName({
    version,
    name: name.slice(0, -"_down".length),
  });
  return path.replace(/[^/]*$/, () => `rollbacks/${fileName}`);
}

function stray(file: NamedFile): Finding {
  return {
    severity: "warning",
    code: "misplaced_rollback",
    message: `"${showName(file.path)}" is named as a rollback and is taken ` +
      `for a migration, as it is not in "rollbacks/"`,
    hint: `move it to "${showName(rollbackPath(file))}", or take "_down" ` +
      `off its name`,
    location: { path: file.path },
  };
}

function judgeDown(
  down: NamedFile,
  up: NamedFile | undefined,
): Finding | undefined {
  if (up === undefined) return orphan(down);
  return sameName(down.name, up.name) ? undefined : mismatch(down, up);
}

function orphan(down: NamedFile): Finding {
  return {
    severity: "warning",
    code: "orphan_rollback",
    message: `Cannot pair "${
      showName(down.path)
    }" as no migration has its version`,
    hint: `add "${showName(upFileName(down))}", or delete the file`,
    location: { path: down.path },
  };
}

function mismatch(down: NamedFile, up: NamedFile): Finding {
  return {
    severity: "error",
    code: "down_name_mismatch",
    message: `Cannot pair "${showName(down.path)}" as the migration of its ` +
      `version is "${showName(up.path)}"`,
    hint: `rename it to "${showName(downFileName(up))}"`,
    location: { path: down.path },
  };
}

const TIMESTAMP_DIGITS = 14;

/** One digit too few or too many, where the others are timestamps. */
function findOddTimestamps(files: readonly NamedFile[]): readonly Finding[] {
  const hasTimestamps = files.some(({ version }) =>
    version.length === TIMESTAMP_DIGITS
  );
  if (!hasTimestamps) return [];
  return files
    .filter(({ version }) => Math.abs(version.length - TIMESTAMP_DIGITS) === 1)
    .map((file) => ({
      severity: "warning",
      code: "odd_timestamp",
      message: `Cannot take the version of "${
        showName(file.path)
      }" for a timestamp as it has ${file.version.length} digits and not 14`,
      hint: "correct the version if the file was not applied yet",
      location: { path: file.path },
    }));
}
