import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// @ts-types="@types/pg"
import pg from "pg";
import { startPostgres } from "../../scripts/embedded_postgres.ts";

const SCRIPT = fileURLToPath(
  new URL("../../scripts/postgres.ts", import.meta.url),
);

Deno.test("startPostgres() starts the major and settings it is asked for", async () => {
  await using server = await startPostgres({
    major: 14,
    settings: { work_mem: "5MB" },
  });

  const [row] = await query(
    server.url,
    `SELECT current_setting('server_version_num')::int / 10000 AS major,
            current_setting('work_mem') AS work_mem,
            current_setting('fsync') AS fsync`,
  );

  deepEqual(row, { major: 14, work_mem: "5MB", fsync: "off" });
});

Deno.test("startPostgres() serves a unix socket and obeys access rules", async () => {
  await using server = await startPostgres({
    accessRules: ["local all all trust"],
  });
  const { socketDir, port } = server;

  const [row] = await query(
    `postgres://postgres@/postgres?host=${socketDir}&port=${port}`,
    "SELECT inet_server_addr() AS address",
  );

  deepEqual(row, { address: null });
});

Deno.test("EmbeddedPostgres.restart() keeps the data, the port and the URL", async () => {
  await using server = await startPostgres();
  await query(server.url, "CREATE TABLE kept AS SELECT 1 AS one");

  await server.restart("immediate");

  deepEqual(await query(server.url, "TABLE kept"), [{ one: 1 }]);
});

Deno.test("EmbeddedPostgres.stop() removes everything, also twice", async () => {
  const server = await startPostgres();
  const folder = join(server.dataDir, "..");

  await server.stop();
  await server.stop();

  equal(existsSync(folder), false);
});

Deno.test("scripts/postgres.ts tells what the server said and leaves nothing", async () => {
  const parent = await Deno.makeTempDir();
  await Deno.chmod(parent, 0o755);

  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT, "--setting", "work_mem=much", "--", "true"],
    env: { TMPDIR: parent },
  }).output();

  const said = new TextDecoder().decode(stderr);
  ok(said.includes('invalid value for parameter "work_mem": "much"'), said);
  equal(code, 1);
  deepEqual(Array.from(Deno.readDirSync(parent)), []);
  await Deno.remove(parent);
});

Deno.test("scripts/postgres.ts exits as its command does", async () => {
  const run = runScript(["sh", "-c", "exit 7"]);

  equal((await run.status).code, 7);
});

const ENDINGS = [
  { signal: "SIGINT", code: 130 },
  { signal: "SIGTERM", code: 143 },
  { signal: "SIGKILL", code: 137 },
] as const;

for (const { signal, code } of ENDINGS) {
  Deno.test(`scripts/postgres.ts leaves no server after ${signal}`, async () => {
    // The command ends by itself, since SIGKILL reaches only the script.
    const run = runScript(["sh", "-c", "echo $DATABASE_URL; exec sleep 10"], {
      stdout: "piped",
    });
    const url = await firstLine(run.stdout);
    const [row] = await query(url, "SHOW data_directory");
    const folder = join(String(row?.["data_directory"]), "..");

    run.kill(signal);
    const status = await run.status;

    equal(status.code, code);
    await waitUntilGone(folder);
    const answer = await query(url, "SELECT 1").then(() => "up", codeOf);
    equal(answer, "ECONNREFUSED");
  });
}

function runScript(
  command: readonly string[],
  options: { readonly stdout?: "piped" } = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", SCRIPT, "--", ...command],
    stdin: "null",
    stdout: options.stdout ?? "null",
  }).spawn();
}

async function firstLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return value?.trim() ?? "";
}

async function query(
  url: string,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}

async function waitUntilGone(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (existsSync(folder) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  equal(existsSync(folder), false);
}
