import type { RestorePreview } from "../../../core/backup/backup_report.ts";
import type { CopyManifest } from "../../../core/backup/copy_manifest.ts";
import { showName } from "../../../core/display.ts";
import type { Finding } from "../../../core/finding.ts";
import { parseQualifiedName } from "../../../core/sql/quote.ts";
import { type Connection, describeTarget } from "../../postgres/connection.ts";
import type { Target } from "../../postgres/target.ts";
import { compareChecksums, findingsOf } from "../examine_backup.ts";
import { trackingTableName } from "../kept_objects.ts";
import { keepAwake } from "./keep_awake.ts";
import { readTar, TarError } from "./tar_file.ts";
import { verifyCopy } from "./verify_copy.ts";

/** A backup made with COPY that could be restored. */
export interface ExaminedCopy extends AsyncDisposable {
  readonly path: string;
  readonly fullPath: string;
  readonly manifest: CopyManifest;
  readonly preview: RestorePreview;
  readonly findings: readonly Finding[];
}

/** Whether a file is a tar archive, and none of pg_dump. */
export async function isCopy(fullPath: string): Promise<boolean> {
  try {
    for await (const { name } of readTar(fullPath)) return name !== "toc.dat";
    return false;
  } catch (error) {
    if (error instanceof TarError) return fullPath.endsWith(".tar");
    throw error;
  }
}

/**
 * Looks at a backup: whether it is what was written when it was made, and what
 * it holds.
 *
 * The connection is kept awake until the answer is disposed of.
 *
 * @throws {ExecutionError} If it changed, or is damaged.
 */
export async function examineCopy(
  target: Target,
  connection: Connection,
  { path, fullPath }: { readonly path: string; readonly fullPath: string },
): Promise<ExaminedCopy> {
  const awake = keepAwake(connection);
  try {
    const examined = await examine(target, connection, { path, fullPath });
    return {
      ...examined,
      [Symbol.asyncDispose]: () => awake[Symbol.asyncDispose](),
    };
  } catch (error) {
    await awake[Symbol.asyncDispose]();
    throw error;
  }
}

async function examine(
  target: Target,
  connection: Connection,
  { path, fullPath }: { readonly path: string; readonly fullPath: string },
): Promise<Omit<ExaminedCopy, keyof AsyncDisposable>> {
  const { manifest, ...digest } = await verifyCopy(fullPath, {
    signal: target.signal,
    code: "bad_backup",
    action: `Cannot restore "${showName(path)}"`,
  });
  const { sha256 } = digest;
  const file = { path, fullPath, sha256 };
  const preview: RestorePreview = {
    path,
    target: describeTarget(connection.target),
    ...digest,
    checksum: await compareChecksums(target, connection, file),
    database: manifest.database,
    createdAt: manifest.createdAt,
    serverVersion: manifest.serverVersion,
    tables: manifest.tables.length,
  };
  const hasHistory = holds(manifest, target.settings.table);
  const findings = findingsOf(preview, target, { hasHistory });
  return { path, fullPath, manifest, preview, findings };
}

function holds({ tables }: CopyManifest, table: string): boolean {
  const { schema, name } = trackingTableName(table);
  return tables.some((one) => {
    const found = parseQualifiedName(one.name);
    return found?.schema === schema && found.name === name;
  });
}
