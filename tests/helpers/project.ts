import { dirname, join } from "node:path";

/** Text, or bytes where the encoding is the point. */
export type ProjectFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Runs a test in a folder of its own that has `migrations/` with these files.
 * Paths are relative to `migrations/`. The folder goes when the test ends.
 */
export async function withProject(
  files: ProjectFiles,
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "lockstep-test-" });
  try {
    await Deno.mkdir(join(dir, "migrations"));
    await writeMigrations(dir, files);
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Writes more files under the `migrations/` of a project. */
export async function writeMigrations(
  dir: string,
  files: ProjectFiles,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, "migrations", name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
}
