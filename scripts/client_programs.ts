import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { dependenciesOf, fetchFromDebian, LIBRARIES } from "./debian.ts";

const PROGRAMS = ["psql", "pg_dump", "pg_restore"] as const;

/**
 * Sees to it that the programs that are run from now on find psql, pg_dump and
 * pg_restore in PATH: where they are not, with those of Debian, if they can be
 * fetched.
 */
export async function provideClientPrograms(): Promise<void> {
  const path = Deno.env.get("PATH") ?? "";
  const isThere = (name: string) =>
    path.split(delimiter).some((folder) => existsSync(join(folder, name)));
  if (PROGRAMS.every(isThere)) return;
  const folder = await fetchFromDebian("client-programs", choosePackages);
  if (folder === undefined) {
    console.error(
      "Tests that need psql or pg_dump are left out: there is none",
    );
    return;
  }
  Deno.env.set("PATH", [path, await writeStarters(folder)].join(delimiter));
}

/** The newest client programs, and the libraries that they need. */
async function choosePackages(): Promise<readonly string[]> {
  const [newest] = (await dependenciesOf("postgresql-client"))
    .filter((name) => name.startsWith("postgresql-client-"));
  if (newest === undefined) return [];
  const needed = await dependenciesOf(newest, [
    "--recurse",
    "--important",
  ]);
  const libraries = needed.filter((name) =>
    /^lib/.test(name) && !/^libc6$|^libperl/.test(name)
  );
  return [newest, ...libraries];
}

/** Debian's programs look for libraries in the folders of the system only. */
async function writeStarters(folder: string): Promise<string> {
  const versions = join(folder, "usr/lib/postgresql");
  const [version = ""] = Array.from(Deno.readDirSync(versions))
    .map(({ name }) => name);
  const libraries = LIBRARIES.map((one) => join(folder, one)).join(":");
  const bin = join(folder, "bin");
  await Deno.mkdir(bin, { recursive: true });
  for (const name of PROGRAMS) {
    const program = join(versions, version, "bin", name);
    const starter = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' ` +
      `exec '${program}' "$@"\n`;
    const fresh = join(bin, `${name}.${Deno.pid}`);
    await Deno.writeTextFile(fresh, starter, { mode: 0o755 });
    await Deno.rename(fresh, join(bin, name));
  }
  return bin;
}
