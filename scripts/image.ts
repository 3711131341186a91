import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { compile } from "./compile.ts";
import { packImage } from "./image/oci_archive.ts";
import { packRootFilesystem, PROGRAM, USER } from "./image/root_filesystem.ts";
import { type Component, toCycloneDx } from "./image/sbom.ts";
import { ROOT } from "./test_steps.ts";

/**
 * Writes the executable, a root file system with all that it needs, the same as
 * an OCI image, its bill of materials, and the checksums of these.
 */
export async function makeImage(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const program = join(folder, "lockstep");
  const made = await compile(join(ROOT, "main.ts"), program);
  const root = await packRootFilesystem(program);
  const image = await packImage(root, {
    version: config.version,
    entrypoint: [PROGRAM],
    user: `${USER}:${USER}`,
    workingDir: "/",
  });
  const bytes = await Deno.readFile(program);
  const bill = toCycloneDx({
    version: config.version,
    sha256: sha256(bytes),
    runtime: { name: "denort", version: versionIn(made.base) },
    components: await findComponents(made.packages),
  });
  await writeAll(folder, {
    lockstep: bytes,
    "lockstep-rootfs.tar": root,
    "lockstep-image.tar": image,
    "lockstep.cdx.json": new TextEncoder().encode(
      `${JSON.stringify(bill, undefined, 2)}\n`,
    ),
  });
}

async function writeAll(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const sums = Object.entries(files)
    .map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`);
  for (const [name, bytes] of Object.entries(files)) {
    if (name !== "lockstep") await Deno.writeFile(join(folder, name), bytes);
    const megabytes = (bytes.length / 1_000_000).toFixed(1);
    console.log(`${name}: ${megabytes} MB`);
  }
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), sums.join(""));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function versionIn(base: string): string {
  return /\d+\.\d+\.\d+/.exec(base)?.[0] ?? base;
}

interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity?: string }>>;
}

async function findComponents(
  packages: readonly string[],
): Promise<readonly Component[]> {
  const text = await Deno.readTextFile(join(ROOT, "deno.lock"));
  const { npm }: Lock = JSON.parse(text);
  return packages.map((name) => {
    const at = name.lastIndexOf("@");
    // The packages that it is a peer of are part of a key.
    const key = Object.keys(npm).find((key) =>
      key === name || key.startsWith(`${name}_`)
    );
    return {
      name: name.slice(0, at),
      version: name.slice(at + 1),
      integrity: npm[key ?? name]?.integrity,
    };
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { output: { type: "string", default: join(ROOT, "dist") } },
  });
  await makeImage(values.output);
}
