import { join } from "node:path";
import {
  fetchNpmPackage,
  fetchNpmTree,
  type NpmPackage,
} from "../../scripts/npm_package.ts";

/** Another migration tool that can be run. */
export interface Peer {
  /** Runs it to its end, which must be a good one. */
  run(args: readonly string[], options: PeerOptions): Promise<string>;
  /** The folder with its packages, for programs that it loads. */
  readonly modules: string | undefined;
}

/** Where a tool is run. */
export interface PeerOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A tool whose npm package is a program of the machine; else undefined. */
export async function findBinaryPeer(
  wanted: NpmPackage,
  path: string,
): Promise<Peer | undefined> {
  return await orSkipped(wanted, async () => {
    const folder = await fetchNpmPackage(wanted);
    const program = join(folder, path);
    await Deno.chmod(program, 0o755);
    return {
      modules: undefined,
      run: (args, options) => runProgram(program, args, options),
    };
  });
}

/** A tool that Node runs, with what it needs beside it; else undefined. */
export async function findNodePeer(
  wanted: readonly [NpmPackage, ...NpmPackage[]],
  path: string,
): Promise<Peer | undefined> {
  return await orSkipped(wanted[0], async () => {
    const modules = join(await fetchNpmTree(wanted), "node_modules");
    const script = join(modules, path);
    return {
      modules,
      run: (args, options) => runProgram("node", [script, ...args], options),
    };
  });
}

/** A tool whose npm package is a script that starts Java; else undefined. */
export async function findJavaPeer(
  wanted: NpmPackage,
  path: string,
): Promise<Peer | undefined> {
  return await orSkipped(wanted, async () => {
    // Without Java, the package need not be fetched.
    await runProgram("java", ["-version"], { cwd: "/" });
    const script = join(await fetchNpmPackage(wanted), path);
    return {
      modules: undefined,
      run: (args, options) => runProgram("bash", [script, ...args], options),
    };
  });
}

async function orSkipped(
  { name }: NpmPackage,
  find: () => Promise<Peer>,
): Promise<Peer | undefined> {
  try {
    const peer = await find();
    await peer.run(["--version"], { cwd: "/" });
    return peer;
  } catch (error) {
    console.warn(`Tests with ${name} are left out: ${error}`);
    return undefined;
  }
}

async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: PeerOptions,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  if (success) return said;
  throw new Error(`${program} ${args.join(" ")}\n${said}`);
}
