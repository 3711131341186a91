import type { Buffer } from "node:buffer";
import {
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { FileError } from "../errors.ts";

/**
 * Gives a file other bytes, all or none of them, unless it has changed. Throws
 * `file_changed`.
 */
export function replaceFile(
  path: string,
  { before, after }: { readonly before: Buffer; readonly after: Buffer },
): void {
  const real = realpathSync(path);
  const partial = join(dirname(real), `.${basename(real)}.fixing`);
  try {
    const { mode } = statSync(real);
    writeFileSync(partial, after, { mode, flag: "wx", flush: true });
    if (!readFileSync(real).equals(before)) {
      throw fileChanged(path);
    }
    renameSync(partial, real);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** The error for a file that is not as it was read. */
export function fileChanged(path: string): FileError {
  return new FileError(
    "file_changed",
    `Cannot fix "${basename(path)}" as it changed meanwhile`,
    { hint: "run it again" },
  );
}
