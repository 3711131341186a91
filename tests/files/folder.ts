import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The content of files by their paths, folders made as needed. */
export type FolderContent = Readonly<Record<string, string | Uint8Array>>;

/** Runs a test in a folder of its own, which is gone afterwards. */
export async function withFolder(
  content: FolderContent,
  test: (cwd: string) => Promise<void> | void,
): Promise<void> {
  const cwd = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [path, text] of Object.entries(content)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
    await test(cwd);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
