// @ts-types="@types/pg"
import pg from "pg";
import { compileIfStale } from "./compile.ts";
import { startPostgres } from "./embedded_postgres.ts";
import { ROOT } from "./test_steps.ts";

const DATABASE = "algo_trading_bot";

const COMMANDS = [
  ["migrate"],
  ["rollback", "--count", "1", "--reason", "demo"],
  ["status"],
];

/** Moves the sample schema forward and back on a throwaway server. */
async function demo(): Promise<number> {
  const binary = await compileIfStale();
  await using server = await startPostgres();
  console.log(`\nPostgreSQL ${server.major} runs on port ${server.port}`);
  const url = await createDatabase(server.url);
  for (const args of COMMANDS) {
    console.log(`\n$ dist/lockstep ${args.join(" ")}`);
    const { code } = await new Deno.Command(binary, {
      args,
      cwd: ROOT,
      // The pg_dump of this machine may be too old for the newest server.
      env: { DATABASE_URL: url, LOCKSTEP_BACKUP: "never" },
    }).spawn().status;
    if (code !== 0) return code;
  }
  return 0;
}

async function createDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

if (import.meta.main) Deno.exit(await demo());
