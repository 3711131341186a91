import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import type {
  ForeignApplication,
  ForeignCheck,
  ForeignMigration,
} from "./foreign.ts";

/** A file as the tool finds it again in its history. */
export interface KnownFile {
  /** What its row has, such as the version or the name of the file. */
  readonly key: string;
  readonly migration: Omit<ForeignMigration, "applied" | "check">;
  /** What the row's checksum says of it, where the tool keeps one. */
  readonly check?: (checksum: string) => ForeignCheck;
}

/** A row of the history of a migration that is applied. */
export interface AppliedRow {
  readonly key: string;
  readonly version?: string;
  readonly id: string;
  readonly name: string;
  readonly application: ForeignApplication;
  readonly checksum?: string | undefined;
}

/** Files and rows put together. */
export interface JoinedHistory {
  readonly migrations: readonly ForeignMigration[];
  readonly findings: readonly Finding[];
}

/**
 * Puts rows to their files, in the order of the files; rows without a file come
 * first. A row that two files could be of is a finding.
 */
export function joinHistory(
  files: readonly KnownFile[],
  rows: readonly AppliedRow[],
): JoinedHistory {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const fileOf = new Map<string, KnownFile>();
  const findings: Finding[] = [];
  for (const file of files) {
    const first = fileOf.get(file.key);
    fileOf.set(file.key, first ?? file);
    if (first !== undefined && byKey.has(file.key)) {
      findings.push(ambiguous(file, first));
    }
  }
  const absent = rows.filter(({ key }) => !fileOf.has(key)).map(absentFile);
  const present = files.map((file) => joined(file, byKey.get(file.key)));
  return { migrations: [...absent, ...present], findings };
}

function joined(
  { migration, check }: KnownFile,
  row: AppliedRow | undefined,
): ForeignMigration {
  if (row === undefined) return { ...migration, check: "none" };
  const { checksum, application } = row;
  const isKept = checksum !== undefined && check !== undefined;
  return {
    ...migration,
    applied: application,
    check: isKept ? check(checksum) : "none",
  };
}

function absentFile({
  version,
  id,
  name,
  application,
}: AppliedRow): ForeignMigration {
  return {
    id,
    ...(version !== undefined && { version }),
    name,
    applied: application,
    check: "none",
  };
}

function ambiguous(file: KnownFile, first: KnownFile): Finding {
  const [one, other] = [first, file].map(({ migration }) =>
    showName(migration.source ?? migration.id)
  );
  return {
    severity: "error",
    code: "ambiguous_version",
    message: `Cannot say which of "${one}" and "${other}" was applied as the ` +
      `history has one row for both`,
    hint: "move the one that was not applied out of the folder; with --force " +
      "both are recorded as applied",
  };
}
