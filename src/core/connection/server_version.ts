/**
 * A server's version as one number that compares, such as 180004 for 18.4,
 * or 0 when the text is no version.
 */
export function parseServerVersion(text: string): number {
  const [, major = "0", minor = "0", patch = "0"] =
    /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text) ?? [];
  if (Number(major) >= 10) return Number(major) * 10000 + Number(minor);
  return Number(major) * 10000 + Number(minor) * 100 + Number(patch);
}
