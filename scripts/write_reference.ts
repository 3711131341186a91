import { fileURLToPath } from "node:url";
import { configSchema } from "../src/core/config/config_schema.ts";
import { reportSchema } from "../src/report/json_schema.ts";
import { manPage } from "./man_page.ts";
import { referencePage } from "./reference.ts";

/** The generated pages, by their paths in the repository. */
const PAGES: Readonly<Record<string, string>> = {
  "docs/reference.md": referencePage(),
  "docs/lockstep.1": manPage(),
  "docs/schema/config.json": `${JSON.stringify(configSchema(), null, 2)}\n`,
  "docs/schema/report.json": `${JSON.stringify(reportSchema(), null, 2)}\n`,
};

/** Writes the pages, or with `--check` says which are stale. */
async function main(args: readonly string[]): Promise<number> {
  const stale: string[] = [];
  for (const [path, text] of Object.entries(PAGES)) {
    const url = new URL(`../${path}`, import.meta.url);
    if (await readIfThere(url) === text) continue;
    stale.push(path);
    if (args.includes("--check")) continue;
    await Deno.mkdir(fileURLToPath(new URL(".", url)), { recursive: true });
    await Deno.writeTextFile(url, text);
  }
  if (!args.includes("--check") || stale.length === 0) return 0;
  console.error(`Stale: ${stale.join(", ")}`);
  console.error('Run "scripts/deno run -RW scripts/write_reference.ts"');
  return 1;
}

async function readIfThere(url: URL): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.exit(await main(Deno.args));
