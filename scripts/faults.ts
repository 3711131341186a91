import { join } from "node:path";
// @ts-types="@types/pg"
import pg from "pg";
import { provideClientPrograms } from "./client_programs.ts";
import { compileIfStale } from "./compile.ts";
import { startPostgres } from "./embedded_postgres.ts";
import {
  type FaultRow,
  type FaultRun,
  faultTable,
  readFaultRows,
  reliabilityPage,
} from "./reliability.ts";
import {
  closeWith,
  runAsStep,
  runStep,
  stopOnSignals,
  sumTallies,
  type Tally,
} from "./step.ts";
import { faultTests, ROOT } from "./test_steps.ts";

const PAGE = "docs/reliability.md";

/** What changes the counts, as the page is to say. */
const VARIABLES = [
  "LOCKSTEP_FAULT_SCALE",
  "LOCKSTEP_FAULT_SEED",
  "LOCKSTEP_BIG_FILE_MB",
] as const;

if (import.meta.main) {
  Deno.chdir(ROOT);
  stopOnSignals();
  const options = Deno.args.map((filter) => `--filter=${filter}`);
  const compiled = await runAsStep("Compile dist/lockstep", async () => {
    await compileIfStale();
  });
  await provideClientPrograms();
  const report = await Deno.makeTempFile({ prefix: "lockstep-faults-" });
  await using server = await startPostgres({ major: 18 });
  const { url } = server;
  const tallies: Tally[] = [];
  for (const step of faultTests({ url, options, report })) {
    tallies.push(await runStep(step));
  }
  const tally = sumTallies(tallies);
  const rows = readFaultRows(await Deno.readTextFile(report));
  await Deno.remove(report);
  console.log(`\n${faultTable(rows)}`);
  // Of a part of the tests, or of tests that failed, the page would tell less
  // than what is known.
  if (options.length === 0 && tally.failed === 0) {
    await writePage(rows, url);
  }
  await server.stop();
  closeWith(sumTallies([compiled, tally]));
}

async function writePage(
  rows: readonly FaultRow[],
  serverUrl: string,
): Promise<void> {
  const page = reliabilityPage(rows, {
    command: commandLine(),
    serverVersion: await readServerVersion(serverUrl),
    ...await readLockstepVersion(),
  });
  await Deno.writeTextFile(PAGE, page);
  console.log(`\nWrote ${PAGE}`);
}

function commandLine(): string {
  const given = VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return [...given, "scripts/deno task faults"].join(" ");
}

async function readServerVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SHOW server_version");
  await client.end();
  return String(rows[0]?.server_version);
}

async function readLockstepVersion(): Promise<
  Pick<FaultRun, "lockstepVersion" | "runtime">
> {
  const { stdout } = await new Deno.Command(join(ROOT, "dist/lockstep"), {
    args: ["version", "--json"],
  }).output();
  const { version, runtime } = JSON.parse(new TextDecoder().decode(stdout));
  return { lockstepVersion: version, runtime };
}
