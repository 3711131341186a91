import { createHash } from "node:crypto";
import { TextDecoder } from "node:util";
import {
  type CopyManifest,
  type CopyMember,
  MANIFEST_NAME,
  membersOf,
  parseManifest,
} from "../../../core/backup/copy_manifest.ts";
import { showName } from "../../../core/display.ts";
import { throwIfStopped } from "../../postgres/stop.ts";
import { backupError, type BackupErrorCode } from "../backup_error.ts";
import { readTar, readWhole, TarError } from "./tar_file.ts";

/** A backup that is whole. */
export interface VerifiedCopy {
  readonly manifest: CopyManifest;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** How a backup is read, and what it is called when it cannot be. */
export interface CopyReading {
  readonly signal: AbortSignal | undefined;
  readonly code: BackupErrorCode;
  /** Such as `Cannot restore "x.tar"`. */
  readonly action: string;
}

/**
 * Reads a backup through, and compares all that it holds with what it says.
 *
 * @throws {ExecutionError} If it is damaged.
 */
export async function verifyCopy(
  path: string,
  reading: CopyReading,
): Promise<VerifiedCopy> {
  const hash = createHash("sha256");
  const found = new Map<string, CopyMember>();
  let sizeBytes = 0;
  let text: string | undefined;
  function onBytes(bytes: Uint8Array): void {
    throwIfStopped(reading.signal);
    hash.update(bytes);
    sizeBytes += bytes.length;
  }
  try {
    for await (const { name, bytes } of readTar(path, onBytes)) {
      if (name === MANIFEST_NAME) {
        text = new TextDecoder().decode(await readWhole(bytes));
      } else {
        found.set(name, await measure(name, bytes));
      }
    }
  } catch (error) {
    throwIfStopped(reading.signal);
    if (!(error instanceof TarError)) throw error;
    throw damaged(reading, `it is damaged: ${showName(error.message)}`, error);
  }
  const manifest = text === undefined ? undefined : parseManifest(text);
  if (manifest === undefined) {
    throw damaged(
      reading,
      text === undefined
        ? "it is no backup, or was cut off: there is no manifest.json in it"
        : "its manifest.json is of no format that this version knows",
    );
  }
  requireAll(manifest, found, reading);
  return { manifest, sha256: hash.digest("hex"), sizeBytes };
}

async function measure(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<CopyMember> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { name, sizeBytes, sha256: hash.digest("hex") };
}

function requireAll(
  manifest: CopyManifest,
  found: ReadonlyMap<string, CopyMember>,
  reading: CopyReading,
): void {
  const wrong = membersOf(manifest).find(({ name, sha256 }) =>
    found.get(name)?.sha256 !== sha256
  );
  if (wrong === undefined) return;
  throw damaged(
    reading,
    `"${showName(wrong.name)}" in it is ` +
      (found.has(wrong.name) ? "not what was written" : "missing"),
  );
}

function damaged(
  { code, action }: CopyReading,
  reason: string,
  cause?: unknown,
): Error {
  return backupError(code, `${action} as ${reason}`, {
    ...(code === "bad_backup" && {
      hint: 'name a whole file that "lockstep backup", or a run, has made; ' +
        '"lockstep history" lists them',
    }),
    ...(cause !== undefined && { cause }),
  });
}
