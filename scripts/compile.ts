import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Bundle, bundle } from "./bundle.ts";
import { type CompileBase, findCompileBase } from "./denort.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * What the binary may do. It can be given no more when it runs.
 * Writing is for new migration files, and Deno asks for it on unix sockets.
 */
const PERMISSIONS = [
  "--allow-net",
  "--allow-env",
  "--allow-read",
  "--allow-write",
  "--allow-sys=hostname,uid,gid,username,homedir",
  // The programs of PostgreSQL may lie anywhere; docs/decisions/0007 has more.
  "--allow-run",
];

/**
 * A run makes much garbage and keeps little. V8 would let it pile up, the more
 * the longer the run: a 300 MB script had a peak of 220 MB, now of 110.
 */
const V8_FLAGS = [
  // In MB, of the part of the heap where objects start.
  "--max-semi-space-size=4",
  // The heap may grow to twice what is in use before it is cleared up.
  "--heap-growing-percent=100",
];

const SOURCES = [
  "main.ts",
  "src",
  "deno.json",
  "deno.lock",
  "scripts/bundle.ts",
  "scripts/compile.ts",
  "scripts/denort.ts",
];

/** Makes the binary when there is none or the sources are newer; its path. */
export async function compileIfStale(): Promise<string> {
  const output = join(ROOT, "dist/lockstep");
  if (await isStale(output)) await compile(join(ROOT, "main.ts"), output);
  return output;
}

/** What an executable is made of. */
export interface Ingredients {
  /** Such as `denort 2.7.11 from npm`. */
  readonly base: string;
  readonly packages: readonly string[];
}

/** Makes one executable file of a program. */
export async function compile(
  entry: string,
  output: string,
): Promise<Ingredients> {
  const base = await findCompileBase();
  await Deno.mkdir(dirname(output), { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "lockstep-compile-" });
  // A running binary cannot be written to, but its name can go to a new file.
  const fresh = `${output}.${Deno.pid}`;
  try {
    const bundled = await bundle(entry, work);
    await runDenoCompile(base, bundled, fresh);
    await Deno.rename(fresh, output);
    await tellSize(output, base);
    return { base: base.name, packages: bundled.packages };
  } finally {
    await Deno.remove(work, { recursive: true });
    if (existsSync(fresh)) await Deno.remove(fresh);
  }
}

async function tellSize(output: string, base: CompileBase): Promise<void> {
  const { size } = await Deno.stat(output);
  const megabytes = (size / 1_000_000).toFixed(1);
  console.log(
    `Compiled ${
      relative(Deno.cwd(), output)
    }: ${megabytes} MB, on ${base.name}`,
  );
}

async function runDenoCompile(
  base: CompileBase,
  bundled: Bundle,
  output: string,
): Promise<void> {
  const env = Deno.env.toObject();
  // With this set, the binary would send telemetry for ever, unasked.
  delete env["OTEL_DENO"];
  if (base.denort !== undefined) env["DENORT_BIN"] = base.denort;
  if (base.denoVersion !== undefined) {
    env["LOCKSTEP_DENO_VERSION"] = base.denoVersion;
  }
  const deno = base.denoVersion === undefined
    ? Deno.execPath()
    : join(ROOT, "scripts/deno");
  const { success } = await new Deno.Command(deno, {
    args: [
      "compile",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--no-check",
      // Deno reads its code cache from /tmp without looking who wrote it.
      "--no-code-cache",
      "--no-prompt",
      `--v8-flags=${V8_FLAGS.join(",")}`,
      ...PERMISSIONS,
      ...bundled.assets.flatMap((asset) => ["--include", asset]),
      "--output",
      output,
      bundled.main,
    ],
    clearEnv: true,
    env,
  }).spawn().status;
  if (!success) throw new Error('Cannot compile as "deno compile" stopped');
}

async function isStale(output: string): Promise<boolean> {
  if (!existsSync(output)) return true;
  const made = (await Deno.stat(output)).mtime ?? new Date(0);
  for (const source of SOURCES) {
    if (await isNewer(join(ROOT, source), made)) return true;
  }
  return false;
}

async function isNewer(path: string, than: Date): Promise<boolean> {
  const { mtime, isDirectory } = await Deno.stat(path);
  if (mtime !== null && mtime > than) return true;
  if (!isDirectory) return false;
  for await (const { name } of Deno.readDir(path)) {
    if (await isNewer(join(path, name), than)) return true;
  }
  return false;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      entry: { type: "string", default: join(ROOT, "main.ts") },
      output: { type: "string", default: join(ROOT, "dist/lockstep") },
    },
  });
  await compile(resolve(values.entry), resolve(values.output));
}
