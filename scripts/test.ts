import { provideClientPrograms } from "./client_programs.ts";
import { compileIfStale } from "./compile.ts";
import { startPostgres } from "./embedded_postgres.ts";
import { runChecks } from "./ok.ts";
import {
  closeWith,
  runAsStep,
  runStep,
  stopOnSignals,
  sumTallies,
  type Tally,
} from "./step.ts";
import { ROOT, scriptTests, serverTests, unitTests } from "./test_steps.ts";

/** The oldest and the newest major that lockstep supports. */
const MAJORS = [18, 14] as const;

if (import.meta.main) {
  Deno.chdir(ROOT);
  stopOnSignals();
  const [filter] = Deno.args;
  const tally = await (filter === undefined ? runAll() : runMatching(filter));
  if (tally.passed + tally.failed === 0) {
    const error = `Cannot test as no test has "${filter ?? ""}" in its name`;
    closeWith({ passed: 0, failed: 1, errors: [error] });
  }
  closeWith(tally);
}

async function runAll(): Promise<Tally> {
  return sumTallies([await runChecks(), await runWithServers([])]);
}

/** Only the tests with this text, or /expression/, in their names. */
async function runMatching(filter: string): Promise<Tally> {
  const options = [`--filter=${filter}`];
  const unit = await runStep(await unitTests(options));
  return sumTallies([unit, await runWithServers(options)]);
}

async function runWithServers(options: readonly string[]): Promise<Tally> {
  const compiled = await runAsStep("Compile dist/lockstep", async () => {
    await compileIfStale();
  });
  await provideClientPrograms();
  const url = Deno.env.get("LOCKSTEP_TEST_DATABASE_URL");
  const tested = url
    ? await runStep(serverTests({ title: "the given server", url }, options))
    : await runOnOwnServers(options);
  return sumTallies([compiled, tested]);
}

async function runOnOwnServers(options: readonly string[]): Promise<Tally> {
  const tallies = [await runStep(scriptTests(options))];
  for (const major of MAJORS) {
    await using server = await startPostgres({ major });
    const title = `PostgreSQL ${major}`;
    const step = serverTests({ title, url: server.url }, options);
    tallies.push(await runStep(step));
  }
  return sumTallies(tallies);
}
