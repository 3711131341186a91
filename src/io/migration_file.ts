import { closeSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { checksumOf, createChecksum } from "../core/checksum.ts";
import type { Finding } from "../core/finding.ts";
import type { HeaderOwner } from "../core/header_claim.ts";
import type { MigrationFile } from "../core/migration.ts";
import { parseMigrationHeader } from "../core/migration_header.ts";
import type { ListedFile } from "./migration_folder.ts";
import { asFileError, openScript, readStart } from "./script_file.ts";

/** A file read and hashed, and what was found wrong with its header. */
export interface ReadFile {
  readonly file: MigrationFile;
  readonly findings: readonly Finding[];
}

/** A buffer for the files of one run, which are read one after another. */
export function createFileBuffer(): Uint8Array {
  return new Uint8Array(BUFFER_BYTES);
}

/**
 * Reads a file of the folder once, in constant memory: its header from its
 * start, its checksum and size from all of it. Throws `FileError`.
 */
export async function readMigrationFile(
  listed: ListedFile,
  direction: HeaderOwner["direction"],
  buffer: Uint8Array,
): Promise<ReadFile> {
  const { path, version, name } = listed;
  const file = openScript(listed);
  try {
    const start = buffer.subarray(0, readStart(file, buffer, listed));
    const { header, findings } = parseMigrationHeader(
      DECODER.decode(start.subarray(0, HEADER_BYTES)),
      { path, version, name, direction },
    );
    const content = start.length < buffer.length
      ? { checksum: checksumOf(start), sizeBytes: start.length }
      : await hashAll(file, buffer);
    return { file: { path, header, ...content }, findings };
  } catch (error) {
    throw asFileError(error, path);
  } finally {
    closeSync(file);
  }
}

const BUFFER_BYTES = 1024 * 1024;
const HEADER_BYTES = 64 * 1024;
/** What is no UTF-8 is found, with its place, when the script is split. */
const DECODER = new TextDecoder();

/** Hashes a file whose start is in the buffer already. */
async function hashAll(
  file: number,
  buffer: Uint8Array,
): Promise<Pick<MigrationFile, "checksum" | "sizeBytes">> {
  const checksum = createChecksum();
  let sizeBytes = 0;
  let count = buffer.length;
  while (count > 0) {
    checksum.update(buffer.subarray(0, count));
    sizeBytes += count;
    // Signals and the connection get their turn in between.
    await setImmediate();
    count = readSync(file, buffer, 0, buffer.length, sizeBytes);
  }
  return { checksum: checksum.digest(), sizeBytes };
}
