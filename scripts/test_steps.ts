import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Step } from "./step.ts";

/** The folder of this repository; steps run in it. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The tests of pure code, with hardly a permission. */
export async function unitTests(
  options: readonly string[],
): Promise<Step> {
  // The grammar reads its own file out of the package.
  const readable = [".", await packageCache()];
  return {
    title: "Unit tests",
    args: [
      ...TEST,
      "--trace-leaks",
      `--allow-read=${readable.join(",")}`,
      "--allow-env",
      ...options,
      "tests/unit",
    ],
  };
}

/** The tests of `scripts/`, which start servers of their own. */
export function scriptTests(options: readonly string[]): Step {
  return {
    title: "Tests of scripts",
    args: [...TEST, "--allow-all", ...options, "tests/scripts"],
  };
}

/** All other tests: most of them need a server. */
export function serverTests(
  server: { readonly title: string; readonly url: string },
  options: readonly string[],
): Step {
  const folders = Array.from(Deno.readDirSync(join(ROOT, "tests")))
    .filter(({ name }) => !OTHER_FOLDERS.includes(name))
    .map(({ name }) => `tests/${name}`);
  return {
    title: `Tests on ${server.title}`,
    args: [...TEST, "--allow-all", ...options, ...folders],
    env: {
      LOCKSTEP_TEST_DATABASE_URL: server.url,
      LOCKSTEP_BINARY: join(ROOT, "dist/lockstep"),
      // They mostly wait for the server.
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "4",
    },
  };
}

/** What the tests of faults are run with. */
export interface FaultTestOptions {
  /** The URL of a server. */
  readonly url: string;
  readonly options: readonly string[];
  /** The file to which they write what came of each fault. */
  readonly report: string;
}

/** The tests of what rarely goes wrong, at their full length. */
export function faultTests(given: FaultTestOptions): readonly Step[] {
  const files = Array.from(Deno.readDirSync(join(ROOT, "tests/faults")))
    .map(({ name }) => `tests/faults/${name}`)
    .filter((path) => path !== BIG_FILES).sort();
  const env = faultEnvironment(given);
  return [
    {
      title: "Faults at full length",
      args: [...TEST, "--allow-all", ...given.options, ...files],
      env,
    },
    {
      // They measure memory and time.
      title: "Big files, one by one",
      args: ["test", "--no-check", "--allow-all", ...given.options, BIG_FILES],
      env,
    },
  ];
}

const BIG_FILES = "tests/faults/big_files_test.ts";

function faultEnvironment(
  { url, report }: FaultTestOptions,
): Record<string, string> {
  return {
    LOCKSTEP_TEST_DATABASE_URL: url,
    LOCKSTEP_BINARY: join(ROOT, "dist/lockstep"),
    LOCKSTEP_BIG_FILE_MB: Deno.env.get("LOCKSTEP_BIG_FILE_MB") ?? "2048",
    LOCKSTEP_FAULT_REPORT: report,
    LOCKSTEP_FAULT_SCALE: Deno.env.get("LOCKSTEP_FAULT_SCALE") ?? "1",
    // They mostly wait for the server.
    DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "4",
  };
}

const OTHER_FOLDERS = ["bench", "fixtures", "helpers", "scripts", "unit"];

/** Types are checked once for all, by `deno check`. */
const TEST = ["test", "--no-check", "--parallel", "--permit-no-files"];

async function packageCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}
