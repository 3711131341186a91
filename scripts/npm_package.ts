import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where fetched programs are kept; `scripts/deno` uses the same folder. */
export function cacheDirectory(): string {
  const chosen = Deno.env.get("LOCKSTEP_CACHE");
  if (chosen) return chosen;
  const home = Deno.env.get("HOME") || "/tmp";
  const base = Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache");
  return join(base, "lockstep");
}

/** A package of the npm registry, by its exact version. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The folder of an npm package in the cache, fetched if it is not there.
 * `prepare` runs once on a fresh copy, before anyone else can see it.
 */
export async function fetchNpmPackage(
  wanted: NpmPackage,
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const key = `${wanted.name.split("/").at(-1)}-${wanted.version}`;
  const folder = join(cacheDirectory(), key);
  if (existsSync(folder)) return folder;

  console.error(`Fetching ${wanted.name} ${wanted.version} from npm (once)`);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const work = await Deno.makeTempDir({
    dir: cacheDirectory(),
    prefix: "fetch.",
  });
  try {
    await install(wanted, work);
    const fresh = join(work, "node_modules", ...wanted.name.split("/"));
    await prepare(fresh);
    await moveInto(folder, fresh);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return folder;
}

async function install(wanted: NpmPackage, prefix: string): Promise<void> {
  const { success } = await new Deno.Command("npm", {
    args: [
      "install",
      `--prefix=${prefix}`,
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--no-save",
      "--no-update-notifier",
      "--loglevel=error",
      `${wanted.name}@${wanted.version}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  if (!success) {
    throw new Error(
      `Cannot fetch "${wanted.name}@${wanted.version}" as npm did not install it`,
    );
  }
}

/** Another process may have put the same package there in the meantime. */
async function moveInto(folder: string, fresh: string): Promise<void> {
  try {
    await Deno.rename(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
