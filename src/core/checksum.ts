import { createHash, hash } from "node:crypto";

/** A checksum under way, fed with the bytes of a file in any pieces. */
export interface Checksum {
  update(chunk: Uint8Array): void;
  /** SHA-256 in hex; to be asked for once, after the last piece. */
  digest(): string;
}

/**
 * Starts the checksum of a file: SHA-256 over its bytes without a byte-order
 * mark and with CR LF as LF, so that neither changes it. A CR alone counts.
 */
export function createChecksum(): Checksum {
  const sha = createHash("sha256");
  let start: Uint8Array | undefined = new Uint8Array(0);
  let endsInCr = false;

  function add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (endsInCr && bytes[0] !== LF) sha.update(CR_BYTE);
    endsInCr = bytes[bytes.length - 1] === CR;
    const whole = endsInCr ? bytes.subarray(0, -1) : bytes;
    sha.update(withoutCrBeforeLf(whole));
  }

  return {
    update(chunk) {
      if (start === undefined) return add(chunk);
      const bytes = start.length === 0 ? chunk : joined(start, chunk);
      if (bytes.length < BOM.length && startsLikeBom(bytes)) {
        start = bytes.slice();
        return;
      }
      start = undefined;
      add(startsLikeBom(bytes) ? bytes.subarray(BOM.length) : bytes);
    },
    digest() {
      if (start !== undefined) add(start);
      if (endsInCr) sha.update(CR_BYTE);
      return sha.digest("hex");
    },
  };
}

/** The checksum of a whole file. */
export function checksumOf(bytes: Uint8Array): string {
  const isPlain = bytes[0] !== BOM[0] && !bytes.includes(CR);
  if (isPlain) return hash("sha256", bytes, "hex");
  const checksum = createChecksum();
  checksum.update(bytes);
  return checksum.digest();
}

const LF = 0x0a;
const CR = 0x0d;
const CR_BYTE = Uint8Array.of(CR);
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Whether the bytes start with the mark, or are all of its beginning. */
function startsLikeBom(bytes: Uint8Array): boolean {
  return BOM.subarray(0, bytes.length).every((byte, i) => bytes[i] === byte);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function withoutCrBeforeLf(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CR)) return bytes;
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === undefined || (byte === CR && bytes[i + 1] === LF)) continue;
    kept[length++] = byte;
  }
  return kept.subarray(0, length);
}
