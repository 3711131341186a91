/**
 * A path from the working directory with `/` between its parts. One that is
 * elsewhere stays as it is.
 */
export function relativePath(path: string, cwd: string | undefined): string {
  const plain = path.replaceAll("\\", "/");
  const folder = cwd === undefined
    ? undefined
    : `${cwd.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  const inside = folder !== undefined && plain.startsWith(folder)
    ? plain.slice(folder.length)
    : plain;
  return inside.replace(/^(?:\.\/)+/, "");
}

/** A path as a URI reference (RFC 3986), such as `migrations/001%20a.sql`. */
export function pathUri(path: string): string {
  const encoded = path.toWellFormed().split("/").map(encodeURIComponent);
  const uri = encoded.join("/");
  if (path.startsWith("/")) return `file://${uri}`;
  // A colon in the first part would make a scheme of it.
  return uri;
}
