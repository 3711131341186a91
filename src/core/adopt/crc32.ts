/** A CRC-32 (ISO 3309) under way. */
export interface Crc32 {
  update(bytes: Uint8Array): void;
  /** As a signed number of 32 bits, as Java has it. */
  value(): number;
}

/** Starts a CRC-32. */
export function createCrc32(): Crc32 {
  let crc = -1;
  return {
    update(bytes) {
      for (const byte of bytes) {
        crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
      }
    },
    value: () => ~crc,
  };
}

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return crc;
});
