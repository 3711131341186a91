import { dirname } from "node:path";
import { rootCertificates } from "node:tls";
import { packTar } from "modern-tar";
import { findSharedLibraries } from "./shared_libraries.ts";

/** Where the program lies in the image. */
export const PROGRAM = "/lockstep";

/** Who runs it: a user id without a name, as "nonroot" of other base images. */
export const USER = 65532;

interface RootFile {
  /** From the root, such as `/lib/libc.so.6`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/**
 * The root file system as a tar archive: the program, the libraries it needs,
 * certificates of authorities, and nothing else. Times and owners are all 0, so
 * the same files make the same archive.
 */
export async function packRootFilesystem(
  program: string,
): Promise<Uint8Array> {
  const files = [
    await readFile(program, { path: PROGRAM, mode: 0o755 }),
    certificates(),
    ...await Promise.all(
      (await findSharedLibraries(program))
        .map(({ path }) => readFile(path, { path, mode: 0o755 })),
    ),
  ];
  const sorted = files.toSorted((one, two) => one.path < two.path ? -1 : 1);
  return await packTar([
    ...foldersOf(sorted).map((path) => ({
      header: { ...header(path, 0o755), type: "directory" as const, size: 0 },
    })),
    ...sorted.map(({ path, bytes, mode }) => ({
      header: { ...header(path, mode), size: bytes.length },
      body: bytes,
    })),
  ]);
}

async function readFile(
  source: string,
  target: Omit<RootFile, "bytes">,
): Promise<RootFile> {
  return { ...target, bytes: await Deno.readFile(source) };
}

/** Those of Mozilla that the runtime carries, whatever this machine trusts. */
function certificates(): RootFile {
  return {
    path: "/etc/ssl/certs/ca-certificates.crt",
    bytes: new TextEncoder().encode(`${rootCertificates.join("\n")}\n`),
    mode: 0o644,
  };
}

/** Every folder above a file, parents first. */
function foldersOf(files: readonly RootFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let at = dirname(path); at !== "/"; at = dirname(at)) folders.add(at);
  }
  return [...folders].sort().map((path) => `${path}/`);
}

function header(path: string, mode: number) {
  const mtime = new Date(0);
  return { name: path.slice(1), mode, mtime, uid: 0, gid: 0 };
}
