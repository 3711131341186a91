/**
 * Runs files through psql against a stand-in that speaks just enough of the
 * protocol to write down the queries that psql sends.
 */
import { Buffer } from "node:buffer";

/** The version of the psql on PATH, or why there is none. */
export async function findPsql(): Promise<{ version: string } | undefined> {
  try {
    const output = await new Deno.Command("psql", {
      args: ["--version"],
      stdout: "piped",
    }).output();
    return { version: new TextDecoder().decode(output.stdout).trim() };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What psql sends for each of the files, in one run of it with variables. */
export async function recordQueries(
  paths: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly (readonly string[])[]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const recorded: string[][] = [];
  const serving = (async () => {
    using connection = await listener.accept();
    await serve(connection, recorded);
  })();
  const output = await runPsql(
    [...setVariables(variables), ...runFiles(paths)],
    listener.addr.port,
  );
  listener.close();
  await serving;
  if (recorded.length !== paths.length + 1) {
    throw new Error(`psql stopped early: ${output}`);
  }
  return recorded.slice(0, -1);
}

const MARK = "SELECT 'the next file'";
const decoder = new TextDecoder();

function setVariables(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap((
    [name, value],
  ) => ["-v", `${name}=${value}`]);
}

function runFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ["-c", MARK, "-f", path]);
}

async function runPsql(
  work: readonly string[],
  port: number,
): Promise<string> {
  const args = ["-X", "-q", "-h", "127.0.0.1", "-p", `${port}`];
  args.push("-U", "nobody", "-d", "postgres", "-o", "/dev/null");
  const output = await new Deno.Command("psql", {
    args: [...args, ...work, "-c", MARK],
    env: {
      PGSSLMODE: "disable",
      PGGSSENCMODE: "disable",
      PGCLIENTENCODING: "UTF8",
      PGCONNECT_TIMEOUT: "10",
    },
    stdout: "null",
    stderr: "piped",
  }).output();
  return decoder.decode(output.stderr).slice(0, 2000);
}

async function serve(
  connection: Deno.Conn,
  recorded: string[][],
): Promise<void> {
  let pending = Buffer.alloc(0);
  let isStarted = false;
  const chunk = new Uint8Array(65536);
  for (;;) {
    const count = await connection.read(chunk);
    if (count === null) return;
    pending = Buffer.concat([pending, chunk.subarray(0, count)]);
    for (;;) {
      const head = isStarted ? 1 : 0;
      if (pending.length < head + 4) break;
      const end = head + pending.readInt32BE(head);
      if (pending.length < end) break;
      const type = isStarted ? String.fromCharCode(pending[0] ?? 0) : "start";
      const body = pending.subarray(head + 4, end);
      await writeAll(connection, answer(type, body, recorded));
      pending = pending.subarray(end);
      isStarted = true;
    }
  }
}

async function writeAll(connection: Deno.Conn, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(bytes.subarray(written));
  }
}

function answer(type: string, body: Buffer, recorded: string[][]): Buffer {
  switch (type) {
    case "start":
      return Buffer.concat([
        message("R", Buffer.from([0, 0, 0, 0])),
        parameter("server_version", "15.0"),
        parameter("server_encoding", "UTF8"),
        parameter("client_encoding", "UTF8"),
        parameter("standard_conforming_strings", "on"),
        message("K", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])),
        READY,
      ]);
    case "Q":
      return answerQuery(body.toString("utf8", 0, body.length - 1), recorded);
    case "c":
    case "f":
      return Buffer.concat([complete("COPY 0"), READY]);
    default:
      return Buffer.alloc(0);
  }
}

function answerQuery(query: string, recorded: string[][]): Buffer {
  if (query === MARK) {
    recorded.push([]);
    return Buffer.concat([
      parameter("standard_conforming_strings", "on"),
      complete("SET"),
      READY,
    ]);
  }
  recorded.at(-1)?.push(query);
  if (COPIES.test(query)) {
    return message("G", Buffer.from([0, 0, 0]));
  }
  const setting = /^\s*set\s+standard_conforming_strings\s*(?:=|to)\s*(\w+)/i
    .exec(query);
  const reported = setting === null
    ? Buffer.alloc(0)
    : parameter("standard_conforming_strings", setting[1] ?? "");
  return Buffer.concat([reported, complete("SET"), READY]);
}

/** psql sends the comments before a statement, too. */
const COPIES =
  /^(?:\s|\/\*.*?\*\/|--.*\n)*copy\b[^']*\bfrom\s+(stdin|stdout)\b/i;

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function parameter(name: string, value: string): Buffer {
  return message("S", Buffer.from(`${name}\0${value}\0`));
}

function complete(tag: string): Buffer {
  return message("C", Buffer.from(`${tag}\0`));
}

const READY = message("Z", Buffer.from("I"));
