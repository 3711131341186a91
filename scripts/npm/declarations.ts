import { join } from "node:path";
import { ROOT } from "../test_steps.ts";

/** A release of the compiler that writes declarations. */
const TYPESCRIPT = "npm:typescript@5.9.3/tsc";

/** Modules that only the bundler understands. */
const OTHER_MODULES =
  'declare module "*.sql" { const text: string; export default text; }\n';

/** Writes the types of the public API as declarations under `folder`. */
export async function writeDeclarations(folder: string): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "lockstep-types-" });
  await Deno.writeTextFile(join(work, "modules.d.ts"), OTHER_MODULES);
  await Deno.writeTextFile(
    join(work, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "esnext",
        module: "esnext",
        moduleResolution: "bundler",
        lib: ["esnext", "dom"],
        types: [],
        allowImportingTsExtensions: true,
        resolveJsonModule: true,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: ROOT,
        outDir: folder,
      },
      files: [
        join(ROOT, "src/mod.ts"),
        join(ROOT, "src/testing.ts"),
        join(work, "modules.d.ts"),
      ],
    }),
  );
  // It finds no built-in modules of Node, which "deno check" has checked.
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-config", TYPESCRIPT, "-p", work],
    stdout: "null",
  }).output();
  await Deno.remove(work, { recursive: true });
  await renameImports(folder);
}

async function renameImports(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      await renameImports(path);
    } else {
      const text = await Deno.readTextFile(path);
      const renamed = text.replaceAll(
        /(["'])(\.\.?\/[^"']*)\.ts\1/g,
        '"$2.js"',
      );
      await Deno.writeTextFile(path, renamed);
    }
  }
}
