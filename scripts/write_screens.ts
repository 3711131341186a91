import { join } from "node:path";
import { compileIfStale } from "./compile.ts";
import { findStale, takeScreens, withScreens } from "./screens.ts";
import { ROOT } from "./test_steps.ts";

/** Writes the screens of the README, or with `--check` says which are stale. */
async function main(args: readonly string[]): Promise<number> {
  const path = join(ROOT, "README.md");
  const screens = await takeScreens(await compileIfStale());
  const readme = await Deno.readTextFile(path);
  if (!args.includes("--check")) {
    await Deno.writeTextFile(path, withScreens(readme, screens));
    return 0;
  }
  const stale = findStale(readme, screens);
  if (stale.length === 0) return 0;
  console.error(`Stale screens in README.md: ${stale.join(", ")}`);
  console.error('Run "scripts/deno task screens"');
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
