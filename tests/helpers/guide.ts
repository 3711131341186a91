import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { binaryPath } from "./cli.ts";
import { type TestDatabase, withDatabase } from "./database.ts";
import { findPgDump } from "./dump.ts";

/** Commands of a guide, with what they have to answer. */
export interface GuideBlock {
  /** The line of the guide that the commands start at. */
  readonly line: number;
  readonly commands: string;
  readonly exitCode: number;
  /** Whether backups are made as they are by default, or never. */
  readonly backup: "auto" | "never";
  /** What the guide shows of their output, when it shows it. */
  readonly shown?: Shown;
}

/** A part of a guide, and the offset that it starts at. */
export interface Shown {
  readonly text: string;
  readonly start: number;
}

/** What the commands of a block answered, as the guide could show it. */
export interface GuideResult {
  readonly block: GuideBlock;
  readonly code: number;
  readonly output: string;
}

/** Where a block runs. */
export interface GuideStage {
  readonly dir: string;
  readonly db: TestDatabase;
}

/**
 * The blocks of a guide that a test can run, in their order: those between
 * "```sh" and "```", and those in a comment that starts with "<!-- sh", which
 * set up what the reader only looks at. "```sh exit=4" ends with that code,
 * "```sh no-run" is left out, "```sh pg_dump" makes backups. A "```text" block
 * right behind is their output.
 */
export function readGuide(text: string): readonly GuideBlock[] {
  const fences = [...text.matchAll(FENCE)];
  return fences.flatMap((fence, index) => {
    const { info = "", body = "", hidden } = fence.groups ?? {};
    const [language, ...options] = info.split(" ");
    if (hidden === undefined && language !== "sh") return [];
    if (options.includes("no-run")) return [];
    const shown = hidden === undefined ? shownBy(fences[index + 1]) : undefined;
    return [{
      line: text.slice(0, fence.index).split("\n").length + 1,
      commands: hidden ?? body,
      exitCode: exitCodeOf(options),
      backup: options.includes("pg_dump") ? "auto" : "never",
      ...(shown === undefined ? {} : { shown }),
    }];
  });
}

/**
 * Runs all blocks of a guide, in an empty folder and an empty database; those
 * with backups only where pg_dump is not older than the server.
 */
export async function runGuide(
  text: string,
  see: (result: GuideResult) => void,
): Promise<void> {
  await withDatabase(async (db) => {
    const dir = await Deno.makeTempDir({ prefix: "lockstep-guide-" });
    await Deno.mkdir(join(dir, "bin"));
    await Deno.mkdir(join(dir, "shop"));
    await Deno.symlink(binaryPath(), join(dir, "bin/lockstep"));
    try {
      const canBackUp = await canDump(db);
      for (const block of readGuide(text)) {
        if (block.backup === "auto" && !canBackUp) continue;
        see(await runBlock(block, { dir, db }));
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

/**
 * Runs shell commands that stop at the first one which does not succeed. What
 * they export stays for the next block, as in a terminal.
 */
export async function runBlock(
  block: GuideBlock,
  { dir, db }: GuideStage,
): Promise<GuideResult> {
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-ec", `${TERMINAL}\n${block.commands}`],
    cwd: join(dir, "shop"),
    clearEnv: true,
    env: {
      DATABASE_URL: db.url,
      HOME: dir,
      LANG: "C.UTF-8",
      USER: "ada",
      GUIDE_BACKUP: block.backup,
      PATH: `${join(dir, "bin")}:${Deno.env.get("PATH") ?? ""}`,
    },
    stdin: "null",
    stderr: "null",
  }).output();
  const { host } = new URL(db.url);
  const output = new TextDecoder().decode(stdout)
    .replaceAll(host, "localhost:5432")
    .replaceAll(db.name, "shop")
    .replaceAll(`${userInfo().username}@${hostname()}`, "ada@laptop");
  return { block, code, output };
}

/**
 * Whether an output is what a guide shows, but for what differs from run to
 * run. A line with nothing but "..." stands for any lines.
 */
export function isShown(shown: string, output: string): boolean {
  const pattern = normalize(shown).split("\n")
    .map((line) => line === "..." ? "[^]*" : RegExp.escape(line))
    .join("\n");
  return new RegExp(`^${pattern}$`).test(normalize(output));
}

/** The guide with the outputs in place of those that it shows. */
export function withOutputs(
  text: string,
  results: readonly GuideResult[],
): string {
  // From the last to the first, as the offsets are those of the old text.
  return results.toReversed().reduce((guide, { block: { shown }, output }) => {
    if (shown === undefined || isShown(shown.text, output)) return guide;
    if (shown.text.split("\n").includes("...")) return guide;
    const end = shown.start + shown.text.length;
    return guide.slice(0, shown.start) + output + guide.slice(end);
  }, text);
}

const TERMINAL = `exec 2>&1
backup=$GUIDE_BACKUP
if [ -f ../exported ]; then . ../exported; fi
export LOCKSTEP_BACKUP="$backup"
trap 'export -p > ../exported' EXIT`;

const FENCE =
  /^```(?<info>[^\n]*)\n(?<body>[^]*?)^```$|^<!-- sh\n(?<hidden>[^]*?)^-->$/gm;

/** No machine has the pg_dump of every server. */
async function canDump(db: TestDatabase): Promise<boolean> {
  const [row] = await db.query("SHOW server_version_num");
  const major = Math.floor(Number(row?.["server_version_num"]) / 10_000);
  return (await findPgDump() ?? 0) >= major;
}

function shownBy(fence: RegExpMatchArray | undefined): Shown | undefined {
  const { info, body } = fence?.groups ?? {};
  if (fence?.index === undefined || info !== "text") return undefined;
  if (body === undefined) return undefined;
  return { text: body, start: fence.index + "```text\n".length };
}

function exitCodeOf(options: readonly string[]): number {
  const code = options.find((option) => option.startsWith("exit="));
  return Number(code?.slice("exit=".length) ?? 0);
}

function normalize(output: string): string {
  return output
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00)?/g, "<time>")
    .replace(/\b\d{14}_/g, "<version>_")
    .replace(/_\d{8}T\d{6}Z_[0-9a-f]{8}\b/g, "_<backup>")
    .replace(/\b[0-9a-f]{64}\b/g, "<sha256>")
    .replace(/\b\d+(\.\d+)? [kM]B\b/g, "<size>")
    .replace(/\b\d+ bytes\b/g, "<size>")
    .replace(/\bPostgreSQL \d+(\.\d+)?/g, "PostgreSQL <version>")
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uuid>")
    .replace(/\b\d+(\.\d+)? (ms|s|min)\b( \d+ s\b)?/g, "<duration>")
    .replace(/\b(pid|port) \d+/g, "$1 <number>")
    .replace(/ {2,}/g, "  ")
    .trim();
}
