/** The ways to end a version that stopped part-way and cannot go on. */
export function settlingCommands(version: string): string {
  return `"lockstep repair --mark-applied ${version}", ` +
    `"--mark-not-applied ${version}" or "--retry ${version}"`;
}
