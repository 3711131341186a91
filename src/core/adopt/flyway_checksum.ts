import { createCrc32 } from "./crc32.ts";

/**
 * The checksum that Flyway keeps of a file: CRC-32 over its lines without
 * their ends, so that `\n` and `\r\n` make no difference.
 */
export function flywayChecksum(text: string): number {
  const crc = createCrc32();
  const encoder = new TextEncoder();
  for (const line of text.split(/\r\n|\r|\n/)) crc.update(encoder.encode(line));
  return crc.value();
}
