/** A file that a program needs, at the path where its loader looks for it. */
export interface SharedLibrary {
  readonly path: string;
}

/**
 * The loader and the shared libraries of a program, as the loader itself finds
 * them on this machine.
 */
export async function findSharedLibraries(
  program: string,
): Promise<readonly SharedLibrary[]> {
  const loader = LOADERS[Deno.build.arch];
  const { success, stdout, stderr } = await new Deno.Command(loader, {
    args: ["--list", program],
    clearEnv: true,
  }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot list the libraries: ${decoder.decode(stderr)}`);
  }
  return readLibraries(decoder.decode(stdout)).map((path) => ({ path }));
}

/** The paths in what `ld.so --list` prints, in order and once each. */
export function readLibraries(listing: string): readonly string[] {
  const paths = listing.split("\n").flatMap((line) => {
    const [, path] = /(?:=> |^\s*)(\/\S+) \(0x/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
  return [...new Set(paths)].sort();
}

const LOADERS = {
  x86_64: "/lib64/ld-linux-x86-64.so.2",
  aarch64: "/lib/ld-linux-aarch64.so.1",
} as const;
