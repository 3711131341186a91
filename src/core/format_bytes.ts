/** A size for people, such as `312 bytes` or `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  if (power === 0) return `${bytes} bytes`;
  const number = bytes / 1024 ** power;
  return `${number.toFixed(number < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"];
