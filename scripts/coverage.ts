import { provideClientPrograms } from "./client_programs.ts";
import { startPostgres } from "./embedded_postgres.ts";
import { closeWith, runStep, stopOnSignals, sumTallies } from "./step.ts";
import { ROOT, serverTests, unitTests } from "./test_steps.ts";

/**
 * Tells which lines of `src` the tests run in their own process: what they do
 * through the binary cannot be seen.
 */
async function coverage(): Promise<never> {
  const options = ["--coverage=coverage", "--coverage-raw-data-only"];
  const unit = await runStep(await unitTests([...options, "--clean"]));
  await provideClientPrograms();
  await using server = await startPostgres();
  const title = `PostgreSQL ${server.major}`;
  const onServer = await runStep(
    serverTests({ title, url: server.url }, options),
  );
  const source = new URL("../src/", import.meta.url).href;
  const table = await runStep({
    title: "Coverage",
    args: ["coverage", `--include=^${source}`, "coverage"],
  });
  await server.stop();
  return closeWith(sumTallies([unit, onServer, table]));
}

if (import.meta.main) {
  Deno.chdir(ROOT);
  stopOnSignals();
  await coverage();
}
