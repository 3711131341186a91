import { join } from "node:path";
// @ts-types="@types/pg"
import pg from "pg";
import { startPostgres } from "./embedded_postgres.ts";
import { ROOT } from "./test_steps.ts";

/** What the README shows of a terminal, by name. */
export type Screens = Readonly<Record<ScreenName, string>>;

/** One of the screens in the README. */
export type ScreenName = "failure" | "status" | "blocked";

/** Runs the executable on a throwaway server and keeps what people see. */
export async function takeScreens(binary: string): Promise<Screens> {
  await using server = await startPostgres();
  const dir = await Deno.makeTempDir({ prefix: "lockstep-screens-" });
  try {
    const stage = await setUp({ binary, dir, serverUrl: server.url });
    const failure = await stage.show("migrate");
    await stage.edit("002_orders.sql", (sql) => `${sql}-- paid in advance\n`);
    const status = await stage.show("status");
    await stage.edit(
      "002_orders.sql",
      (sql) => sql.replace("-- paid in advance\n", ""),
    );
    await stage.edit(
      "004_order_currency.sql",
      (sql) => sql.replace("curency", "currency"),
    );
    const blocked = await showBlocked(stage);
    return { failure, status, blocked };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The README with those screens between their marks. */
export function withScreens(readme: string, screens: Screens): string {
  return Object.entries(screens).reduce((text, [name, screen]) => {
    const { before, after } = splitAt(text, name);
    return `${before}\n\`\`\`text\n${screen}\`\`\`\n\n${after}`;
  }, readme);
}

/** The screens that are not as the README has them, but for what varies. */
export function findStale(readme: string, screens: Screens): readonly string[] {
  return Object.entries(screens).filter(([name, screen]) => {
    const { between } = splitAt(readme, name);
    const shown = between.replace(/^\s*```text\n/, "").replace(/```\s*$/, "");
    return normalize(shown) !== normalize(screen);
  }).map(([name]) => name);
}

/** A screen without what differs from run to run: times, sizes of columns. */
export function normalize(screen: string): string {
  return screen
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z/g, "<moment>")
    .replace(/\b\d+(\.\d+)? (ms|s|min)\b( \d+ s\b)?/g, "<duration>")
    .replace(/\bpid \d+/g, "pid <number>")
    .replace(/ {2,}/g, "  ");
}

function splitAt(text: string, name: string) {
  const start = `<!-- screen: ${name} -->\n`;
  const end = "<!-- end of screen -->";
  const at = text.indexOf(start) + start.length;
  const to = text.indexOf(end, at);
  if (at < start.length || to < 0) {
    throw new Error(`README.md has no place for the screen "${name}"`);
  }
  return {
    before: text.slice(0, at),
    between: text.slice(at, to),
    after: text.slice(to),
  };
}

interface Stage {
  readonly url: string;
  /** Runs a command to its end; the terminal with the command typed. */
  show(command: string): Promise<string>;
  /** The same, with what was printed so far each time more is. */
  watch(command: string, see: (text: string) => void): Promise<string>;
  edit(file: string, change: (text: string) => string): Promise<void>;
}

async function setUp({ binary, dir, serverUrl }: {
  readonly binary: string;
  readonly dir: string;
  readonly serverUrl: string;
}): Promise<Stage> {
  const folder = join(dir, "migrations");
  await copyFolder(join(ROOT, "tests/fixtures/screens"), folder);
  await query(serverUrl, "CREATE DATABASE shop");
  const url = new URL(serverUrl);
  url.pathname = "/shop";
  const watch: Stage["watch"] = async (command, see) => {
    const text = await runBoth([binary, ...command.split(" ")], {
      dir,
      env: environment(url.href),
      see,
    });
    const shown = text.replaceAll(`127.0.0.1:${url.port}`, "localhost:5432");
    return `$ lockstep ${command}\n${shown}`;
  };
  return {
    url: url.href,
    watch,
    show: (command) => watch(command, () => {}),
    async edit(file, change) {
      const path = join(folder, file);
      await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
    },
  };
}

function environment(url: string): Record<string, string> {
  return {
    DATABASE_URL: url,
    LANG: "C.UTF-8",
    PATH: Deno.env.get("PATH") ?? "",
    // A slow machine must not retry before the lock is given back.
    LOCKSTEP_STATEMENT_LOCK_TIMEOUT: "5m",
  };
}

/** A shell puts both streams into one, in the order in which they come. */
async function runBoth(command: readonly string[], { dir, env, see }: {
  readonly dir: string;
  readonly env: Record<string, string>;
  readonly see: (text: string) => void;
}): Promise<string> {
  const child = new Deno.Command("sh", {
    args: ["-c", 'exec "$@" 2>&1', "sh", ...command],
    cwd: dir,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    see(text);
  }
  await child.status;
  return text;
}

async function showBlocked(stage: Stage): Promise<string> {
  const reader = await open(stage.url, "nightly_report");
  await reader.query("BEGIN");
  await reader.query("SELECT count(*) FROM orders");
  let ending: Promise<unknown> | undefined;
  try {
    return await stage.watch("migrate", (text) => {
      // It goes on as soon as people have read who is in its way.
      if (text.includes("nightly_report")) ending ??= reader.query("COMMIT");
    });
  } finally {
    await ending;
    await reader.end();
  }
}

async function open(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
  });
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<void> {
  const client = await open(url, "screens");
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
