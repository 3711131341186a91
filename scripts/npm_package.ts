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
  const { name } = wanted;
  return await fetchOnce(keyOf(wanted), [wanted], async (work) => {
    const fresh = join(work, "node_modules", ...name.split("/"));
    await prepare(fresh);
    return fresh;
  });
}

/**
 * A folder in the cache whose `node_modules` has packages with all that they
 * need, fetched if it is not there. The first one gives it its name.
 */
export async function fetchNpmTree(
  wanted: readonly [NpmPackage, ...NpmPackage[]],
): Promise<string> {
  const key = `${keyOf(wanted[0])}-tree`;
  return await fetchOnce(key, wanted, (work) => Promise.resolve(work));
}

function keyOf({ name, version }: NpmPackage): string {
  return `${name.split("/").at(-1)}-${version}`;
}

async function fetchOnce(
  key: string,
  wanted: readonly NpmPackage[],
  choose: (work: string) => Promise<string>,
): Promise<string> {
  const folder = join(cacheDirectory(), key);
  if (existsSync(folder)) return folder;

  const names = wanted.map(({ name, version }) => `${name} ${version}`);
  console.error(`Fetching ${names.join(" and ")} from npm (once)`);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  const work = await Deno.makeTempDir({
    dir: cacheDirectory(),
    prefix: "fetch.",
  });
  try {
    await install(wanted, work);
    await moveInto(folder, await choose(work));
  } finally {
    await Deno.remove(work, { recursive: true }).catch((error) => {
      // The tree itself was moved away.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  return folder;
}

async function install(
  wanted: readonly NpmPackage[],
  prefix: string,
): Promise<void> {
  const packages = wanted.map(({ name, version }) => `${name}@${version}`);
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
      ...packages,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  if (!success) {
    throw new Error(
      `Cannot fetch "${packages.join(" ")}" as npm did not install it`,
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
