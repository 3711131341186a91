import { createHash } from "node:crypto";

/**
 * A fingerprint of statements in their order: that of the ones before, which
 * is empty at first, and the text of one more, as the file has it. SHA-256 in
 * hex.
 */
export function statementFingerprint(previous: string, text: string): string {
  return createHash("sha256").update(`${previous}\n`).update(text).digest(
    "hex",
  );
}
