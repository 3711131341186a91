import { compileIfStale } from "./compile.ts";
import { startPostgres } from "./embedded_postgres.ts";
import {
  closeWith,
  runAsStep,
  runStep,
  stopOnSignals,
  sumTallies,
} from "./step.ts";
import { faultTests, ROOT } from "./test_steps.ts";

if (import.meta.main) {
  Deno.chdir(ROOT);
  stopOnSignals();
  const options = Deno.args.map((filter) => `--filter=${filter}`);
  const compiled = await runAsStep("Compile dist/lockstep", async () => {
    await compileIfStale();
  });
  await using server = await startPostgres({ major: 18 });
  const tally = await runStep(faultTests(server.url, options));
  await server.stop();
  closeWith(sumTallies([compiled, tally]));
}
