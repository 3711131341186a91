import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  closeWith,
  runStep,
  type Step,
  stopOnSignals,
  sumTallies,
  type Tally,
} from "./step.ts";
import { ROOT, unitTests } from "./test_steps.ts";

/** What needs neither a server nor the binary: checks and unit tests. */
export async function runChecks(): Promise<Tally> {
  const tallies: Tally[] = [];
  for (const step of [...checks(), await unitTests([])]) {
    tallies.push(await runStep(step));
  }
  return sumTallies(tallies);
}

function checks(): readonly Step[] {
  const steps: Step[] = [
    { title: "Lock file", args: ["install", "--frozen", "--quiet"] },
    { title: "Format", args: ["fmt", "--check"] },
    { title: "Lint", args: ["lint"] },
    { title: "Types", args: ["check", "--quiet", "."] },
  ];
  if (existsSync(join(ROOT, "src/mod.ts"))) {
    steps.push({
      title: "Documentation of the public API",
      args: ["doc", "--lint", "src/mod.ts"],
    });
  }
  if (existsSync(join(ROOT, "scripts/write_reference.ts"))) {
    steps.push({
      title: "Reference",
      args: ["run", "--allow-all", "scripts/write_reference.ts", "--check"],
    });
  }
  return steps;
}

if (import.meta.main) {
  Deno.chdir(ROOT);
  stopOnSignals();
  closeWith(await runChecks());
}
