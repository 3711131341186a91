import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import config from "../deno.json" with { type: "json" };
import type { Build } from "../src/core/version.ts";

/** A program as plain modules, and the files it reads beside them. */
export interface Bundle {
  readonly main: string;
  readonly assets: readonly string[];
  /** Packages with a part in it, such as `pg@8.23.1`, in order. */
  readonly packages: readonly string[];
}

/**
 * Puts a program and the packages it imports into `outdir`. What it imports
 * lazily stays in chunks of its own, so that it costs nothing until asked for.
 */
export async function bundle(entry: string, outdir: string): Promise<Bundle> {
  const installed = await installPackages(join(outdir, "packages"));
  const options = {
    ...OPTIONS,
    entryPoints: { main: await copyProgram(entry, outdir) },
    outdir,
    absWorkingDir: outdir,
    nodePaths: [installed],
  };
  try {
    const packages = await findPackages(options);
    const build = { commit: await findCommit(), dependencies: packages };
    const plugins = [buildInfo(build), ...options.plugins];
    await esbuild.build({ ...options, plugins });
    await dropUnusedBanners(outdir);
    const assets = await copyGrammar(installed, outdir);
    await forgetTimes(outdir);
    return { main: join(outdir, "main.js"), assets, packages };
  } finally {
    await esbuild.stop();
  }
}

/** The packages that get into a build, found by making it once for nothing. */
async function findPackages(
  options: typeof OPTIONS,
): Promise<readonly string[]> {
  const { metafile } = await esbuild.build({
    ...options,
    plugins: [buildInfo({ dependencies: [] }), ...options.plugins],
    write: false,
    metafile: true,
  });
  return namePackages(Object.keys(metafile?.inputs ?? {}));
}

/** The commit of the sources, if they are those of a commit. */
async function findCommit(): Promise<string | undefined> {
  const git = (...args: string[]) =>
    new Deno.Command("git", { args, stderr: "null" }).output();
  try {
    const changed = await git("status", "--porcelain", "main.ts", "src");
    if (!changed.success || changed.stdout.length > 0) return undefined;
    const { stdout, success } = await git("rev-parse", "HEAD");
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The packages of modules, by the folders that Deno installs them in. */
function namePackages(modules: readonly string[]): readonly string[] {
  const found = modules.flatMap((path) => {
    const [, folder] = /node_modules\/\.deno\/([^/]+)\//.exec(path) ?? [];
    return folder === undefined ? [] : [folder.replace("+", "/")];
  });
  return [...new Set(found)].sort();
}

/**
 * The names of chunks depend on where the modules lie. A copy lies in the same
 * place beside the packages wherever the program itself is.
 */
async function copyProgram(entry: string, outdir: string): Promise<string> {
  const from = dirname(entry);
  const parts = [basename(entry), "src", "deno.json"];
  for (const part of parts.filter((name) => existsSync(join(from, name)))) {
    await cp(join(from, part), join(outdir, "program", part), {
      recursive: true,
    });
  }
  return join(outdir, "program", basename(entry));
}

/** The times of files go into the binary, and would make each one another. */
async function forgetTimes(folder: string): Promise<void> {
  const start = new Date(0);
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) await Deno.utime(join(folder, name), start, start);
  }
}

/** CommonJS packages expect these names, which ES modules do not have. */
const REQUIRE_BANNER =
  `import{createRequire as __createRequire}from"node:module";` +
  `import{fileURLToPath as __toPath}from"node:url";` +
  `import{dirname as __toFolder}from"node:path";` +
  `const require=__createRequire(import.meta.url);` +
  `const __filename=__toPath(import.meta.url);` +
  `const __dirname=__toFolder(__filename);`;

/** Each chunk begins with the banner, which takes its time, and few need it. */
async function dropUnusedBanners(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(path);
    const rest = text.slice(REQUIRE_BANNER.length);
    const isUsed = /\b(require|__filename|__dirname)\b/.test(rest);
    if (!text.startsWith(REQUIRE_BANNER) || isUsed) continue;
    await Deno.writeTextFile(path, rest);
  }
}

/** By itself esbuild takes the CommonJS form, which hides the named exports. */
const GRAMMAR_ALIAS = { "libpg-query": "libpg-query/wasm/index.js" };

const GRAMMAR_WASM = "libpg-query.wasm";

/** `deno compile` takes every .wasm for a module it must link. */
const GRAMMAR_ASSET = `${GRAMMAR_WASM}.bin`;

const grammarModule: esbuild.Plugin = {
  name: "grammar-module",
  setup(build) {
    build.onLoad({ filter: /libpg-query\/wasm\/.*\.js$/ }, async (found) => {
      const text = await Deno.readTextFile(found.path);
      return { contents: text.replaceAll(GRAMMAR_WASM, GRAMMAR_ASSET) };
    });
  },
};

/** What the program knows of its making: see `src/core/version.ts`. */
function buildInfo(info: Omit<Build, "version">): esbuild.Plugin {
  return {
    name: "build-info",
    setup(build) {
      build.onLoad({ filter: /\/deno\.json$/ }, () => ({
        contents: JSON.stringify({ version: config.version, ...info }),
        loader: "json",
      }));
    },
  };
}

/** Deno knows the built-in modules only by their full names. */
function builtinAliases(): Record<string, string> {
  const bare = builtinModules.filter((name) => !name.startsWith("node:"));
  return Object.fromEntries(bare.map((name) => [name, `node:${name}`]));
}

const OPTIONS = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "esnext",
  legalComments: "none",
  logLevel: "warning",
  minifySyntax: true,
  minifyWhitespace: true,
  // Not keepNames: it names each function anew, a tenth of the start.
  loader: { ".sql": "text" },
  external: ["pg-native", "cloudflare:sockets"],
  alias: { ...builtinAliases(), ...GRAMMAR_ALIAS },
  banner: { js: REQUIRE_BANNER },
  plugins: [grammarModule],
} satisfies esbuild.BuildOptions;

/** esbuild finds packages in folders only; the versions are those of the lock. */
async function installPackages(folder: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const { imports } = config;
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify({ imports, nodeModulesDir: "auto" }),
  );
  const lock = fileURLToPath(new URL("../deno.lock", import.meta.url));
  await Deno.copyFile(lock, join(folder, "deno.lock"));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: folder,
  }).spawn().status;
  if (!success) {
    throw new Error("Cannot bundle as the packages were not installed");
  }
  return join(folder, "node_modules");
}

async function copyGrammar(
  packages: string,
  outdir: string,
): Promise<readonly string[]> {
  const wasm = join(packages, "libpg-query/wasm", GRAMMAR_WASM);
  const asset = join(outdir, basename(GRAMMAR_ASSET));
  await Deno.copyFile(wasm, asset);
  return [asset];
}
