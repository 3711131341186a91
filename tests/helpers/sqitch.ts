import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  dependenciesOf,
  fetchFromDebian,
  LIBRARIES,
} from "../../scripts/debian.ts";
import type { Peer } from "./peers.ts";

/** Sqitch as Debian has it, run by the machine's Perl; else undefined. */
export async function findSqitch(): Promise<Peer | undefined> {
  const folder = await fetchFromDebian("sqitch", choosePackages);
  if (folder === undefined) return undefined;
  const env = environmentIn(folder);
  const script = join(folder, "usr/bin/sqitch");
  const templates = [
    "--template-directory",
    join(folder, "etc/sqitch/templates"),
  ];
  const peer: Peer = {
    modules: undefined,
    async run(args, options) {
      const { success, stdout, stderr } = await new Deno.Command("perl", {
        args: [
          "-CAS",
          script,
          ...args,
          ...(args[0] === "add" ? templates : []),
        ],
        cwd: options.cwd,
        env: { ...env, ...options.env },
        stdin: "null",
      }).output();
      const decoder = new TextDecoder();
      const said = decoder.decode(stdout) + decoder.decode(stderr);
      if (success) return said;
      throw new Error(`sqitch ${args.join(" ")}\n${said}`);
    },
  };
  try {
    await peer.run(["--version"], { cwd: "/" });
    return peer;
  } catch (error) {
    console.warn(`Tests with sqitch are left out: ${error}`);
    return undefined;
  }
}

/** Modules of Perl alone: Perl itself and psql are those of the machine. */
async function choosePackages(): Promise<readonly string[]> {
  const options = ["--recurse", "--important"];
  const needed = [
    ...await dependenciesOf("sqitch", options),
    ...await dependenciesOf("libdbd-pg-perl", options),
  ].filter((name) => /^lib.*-perl$|^libpq5$/.test(name));
  if (needed.length === 0) return [];
  return [...new Set(["sqitch", "libdbd-pg-perl", ...needed])]
    .filter((name) => !/mysql|mariadb|firebird|sqlite/.test(name));
}

function environmentIn(folder: string): Record<string, string> {
  const libraries = LIBRARIES.map((one) => join(folder, one))
    .filter((path) => existsSync(path));
  const modules = libraries.map((path) => join(path, "perl5"))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      Array.from(Deno.readDirSync(path), ({ name }) => join(path, name))
    );
  return {
    PERL5LIB: [join(folder, "usr/share/perl5"), ...modules].join(":"),
    LD_LIBRARY_PATH: libraries.join(":"),
    SQITCH_FULLNAME: "Ann",
    SQITCH_EMAIL: "ann@example.com",
  };
}
