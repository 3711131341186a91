/** What keeps bytes from being the text of a script. */
export interface TextProblem {
  readonly kind: "nul_byte" | "utf16" | "not_utf8";
  /** Where in the bytes it is. */
  readonly offset: number;
}

/**
 * How many of the bytes can be checked now: all but a character at the end
 * whose last bytes have not come yet.
 */
export function wholeCharacters(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let length = 1; length <= 3 && length <= end; length++) {
    const byte = bytes[end - length] ?? 0;
    if (isContinuation(byte)) continue;
    return characterLength(byte) > length ? end - length : end;
  }
  return end;
}

/** The text of `bytes`, or the first thing that is wrong with them. */
export function checkText(bytes: Uint8Array): string | TextProblem {
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    return { kind: isUtf16(bytes, nul) ? "utf16" : "nul_byte", offset: nul };
  }
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: "not_utf8", offset: findBadByte(bytes) };
  }
}

/** Whether a script starts with the byte-order mark of UTF-16. */
export function startsAsUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) ||
    (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** The text of bytes that were checked. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const BLOCK_BYTES = 4096;

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function characterLength(firstByte: number): number {
  if (firstByte < 0xc2 || firstByte > 0xf4) return 1;
  if (firstByte < 0xe0) return 2;
  return firstByte < 0xf0 ? 3 : 4;
}

/**
 * Text in UTF-16 that is mostly ASCII has a NUL in every other byte. A hole of
 * a sparse file, or what a crash left of one, has nothing else.
 */
function isUtf16(bytes: Uint8Array, nul: number): boolean {
  if (bytes[nul + 1] === 0) return false;
  let nuls = 0;
  let looked = 0;
  for (let i = nul; i < bytes.length && looked < 16; i += 2) {
    looked++;
    if (bytes[i] === 0) nuls++;
  }
  return looked >= 2 && nuls * 4 >= looked * 3;
}

/** The first character that does not decode. */
function findBadByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    const isLast = at + BLOCK_BYTES >= bytes.length;
    const whole = isLast ? block.length : wholeCharacters(block);
    if (!isText(block.subarray(0, whole))) return findBadCharacter(bytes, at);
    at += whole;
  }
  return at;
}

function findBadCharacter(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const end = at + characterLength(bytes[at] ?? 0);
    if (end > bytes.length || !isText(bytes.subarray(at, end))) return at;
    at = end;
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
