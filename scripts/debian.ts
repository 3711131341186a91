import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./npm_package.ts";

/**
 * The folder in the cache with the contents of Debian's packages, fetched
 * without root if it is not there; undefined where that is not possible.
 * `choose` names the packages.
 */
export async function fetchFromDebian(
  key: string,
  choose: () => Promise<readonly string[]>,
): Promise<string | undefined> {
  const folder = join(cacheDirectory(), key);
  if (existsSync(folder)) return folder;
  const work = await Deno.makeTempDir({ prefix: "lockstep-debian-" });
  try {
    const packages = await choose();
    if (packages.length === 0) return undefined;
    console.error(`Fetching ${packages[0]} from Debian (once)`);
    const { success } = await new Deno.Command("sh", {
      args: ["-c", UNPACK, "sh", work, ...packages],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) return undefined;
    await Deno.mkdir(cacheDirectory(), { recursive: true });
    const fresh = `${folder}.${Deno.pid}`;
    await runProgram("cp", ["-a", join(work, "root"), fresh]);
    await Deno.rename(fresh, folder);
    return folder;
  } catch (error) {
    // No such program: not a Debian.
    if (error instanceof Deno.errors.NotFound) return undefined;
    // Another test has just put it there.
    if (existsSync(folder)) return folder;
    throw error;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Names that a package depends on, also by way of others when told so. */
export async function dependenciesOf(
  name: string,
  options: readonly string[] = [],
): Promise<readonly string[]> {
  const text = await runProgram("apt-cache", ["depends", ...options, name]);
  return [...text.matchAll(/Depends: (\S+)$/gm)].map(([, one = ""]) => one)
    .filter((one, index, all) => all.indexOf(one) === index);
}

/** What a program prints on its standard output. */
export async function runProgram(
  command: string,
  args: readonly string[],
): Promise<string> {
  const { stdout } = await new Deno.Command(command, {
    args: [...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

/** Where the libraries of packages lie. */
export const LIBRARIES: readonly string[] = ["x86_64", "aarch64"]
  .map((machine) => `usr/lib/${machine}-linux-gnu`);

const UNPACK = 'cd "$1" && shift && apt-get download "$@" && ' +
  "for package in *.deb; do dpkg -x $package root || exit 1; done";
