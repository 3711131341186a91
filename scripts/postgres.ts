import { parseArgs } from "node:util";
import {
  POSTGRES_VERSIONS,
  type PostgresMajor,
  type PostgresOptions,
  startPostgres,
} from "./embedded_postgres.ts";

const USAGE = `Runs a command with a throwaway PostgreSQL server.

usage: scripts/deno run -A scripts/postgres.ts [option]... -- command [arg]...

  --major 18             ${Object.keys(POSTGRES_VERSIONS).join(", ")}
  --setting name=value   a server setting; may be given again
  --durable              survive a crash of the machine, at the cost of speed

The command finds the server in LOCKSTEP_TEST_DATABASE_URL and DATABASE_URL.
The server is stopped and its data removed when the command ends or a signal
ends it. The exit code is that of the command.`;

const STOPPING = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type StoppingSignal = keyof typeof STOPPING;

interface Request {
  readonly options: PostgresOptions;
  readonly command: readonly [string, ...string[]];
}

if (import.meta.main) {
  const request = parseRequest(Deno.args);
  if (request === undefined) {
    console.error(USAGE);
    Deno.exit(2);
  }
  Deno.exit(await runWithPostgres(request));
}

function parseRequest(args: readonly string[]): Request | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      major: { type: "string", default: "18" },
      setting: { type: "string", multiple: true, default: [] },
      durable: { type: "boolean", default: false },
    },
  });
  const major = Number(values.major);
  const settings = values.setting.map(parseSetting);
  const [program, ...rest] = positionals;
  if (program === undefined || !isMajor(major)) return undefined;
  return {
    options: {
      major,
      settings: Object.fromEntries(settings),
      durability: values.durable ? "durable" : "fast",
    },
    command: [program, ...rest],
  };
}

function isMajor(major: number): major is PostgresMajor {
  return major in POSTGRES_VERSIONS;
}

function parseSetting(text: string): readonly [string, string] {
  const [name = "", ...value] = text.split("=");
  return [name, value.join("=")];
}

async function runWithPostgres(request: Request): Promise<number> {
  let received: StoppingSignal | undefined;
  let child: Deno.ChildProcess | undefined;
  listen((signal) => {
    if (child !== undefined) passOn(signal, child, received);
    received = signal;
  });

  await using server = await startPostgres(request.options);
  if (received !== undefined) return STOPPING[received];
  const [program, ...args] = request.command;
  child = new Deno.Command(program, {
    args,
    env: { LOCKSTEP_TEST_DATABASE_URL: server.url, DATABASE_URL: server.url },
  }).spawn();
  const { code } = await child.status;
  child = undefined;
  return received === undefined ? code : STOPPING[received];
}

function listen(act: (signal: StoppingSignal) => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => act(signal));
  }
}

function passOn(
  signal: StoppingSignal,
  child: Deno.ChildProcess,
  earlier: StoppingSignal | undefined,
): void {
  // The terminal has sent its Ctrl-C to the command already.
  if (signal === "SIGINT" && Deno.stdin.isTerminal()) return;
  try {
    child.kill(earlier === undefined ? signal : "SIGKILL");
  } catch (error) {
    // The command has ended just now.
    if (!(error instanceof TypeError)) throw error;
  }
}
