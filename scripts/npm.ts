import { join } from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import config from "../deno.json" with { type: "json" };
import { writeDeclarations } from "./npm/declarations.ts";
import { ROOT } from "./test_steps.ts";

/** Packages that the API loads; all others are of the command line. */
const DEPENDENCIES = ["pg", "libpg-query", "modern-tar"] as const;

/** Writes the TypeScript API as a package for Node 20 and newer. */
export async function makePackage(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  try {
    await esbuild.build({
      entryPoints: [join(ROOT, "src/mod.ts"), join(ROOT, "src/testing.ts")],
      outdir: folder,
      absWorkingDir: ROOT,
      inject: [join(ROOT, "scripts/npm/node20.ts")],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      loader: { ".sql": "text" },
      external: [...DEPENDENCIES],
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
  await writeDeclarations(join(folder, "types"));
  await Deno.writeTextFile(join(folder, "package.json"), packageJson());
  for (const name of ["LICENSE", "README.md"]) {
    await Deno.copyFile(join(ROOT, name), join(folder, name));
  }
}

function packageJson(): string {
  const versions = DEPENDENCIES.map((name) => {
    const specifier = config.imports[name];
    return [name, specifier.slice(specifier.lastIndexOf("@") + 1)];
  });
  return `${
    JSON.stringify(
      {
        name: "lockstep",
        version: config.version,
        description: "Moves PostgreSQL schemas forward and back, under a lock",
        license: config.license,
        type: "module",
        engines: { node: ">=20" },
        exports: {
          ".": { types: "./types/src/mod.d.ts", default: "./mod.js" },
          "./testing": {
            types: "./types/src/testing.d.ts",
            default: "./testing.js",
          },
        },
        dependencies: Object.fromEntries(versions),
      },
      undefined,
      2,
    )
  }\n`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { output: { type: "string", default: join(ROOT, "dist/npm") } },
  });
  await makePackage(values.output);
  console.log(`Made ${values.output}`);
}
