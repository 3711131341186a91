/**
 * Makes a test for paths below a folder out of patterns in which `*` stands
 * for any characters but `/`, and `?` for one. A pattern with a `/` is held
 * against the whole path, one without against the last part.
 */
export function matchesAny(
  patterns: readonly string[],
): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const tests = patterns.map(matchesPattern);
  return (path) => tests.some((test) => test(path));
}

function matchesPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/^\.?\//, "")
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replace(/\*+/g, "[^/]*")
    .replace(/\?/g, "[^/]");
  const expression = new RegExp(`^${source}$`, "su");
  return pattern.includes("/")
    ? (path) => expression.test(path)
    : (path) => expression.test(path.slice(path.lastIndexOf("/") + 1));
}
