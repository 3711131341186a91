import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  closeWith,
  runAsStep,
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
  tallies.push(
    await runAsStep("Types of the public API", requirePublicTypes),
  );
  return sumTallies(tallies);
}

/**
 * Every type that the API shows must be one that it exports. A sentence for
 * each field, which the same check asks for, would only repeat most names; our
 * linter asks for one on every export.
 */
async function requirePublicTypes(): Promise<void> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", "src/mod.ts"],
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  const found = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.includes("error[private-type-ref]"));
  if (found.length > 0) throw new Error(found.join("\n"));
}

function checks(): readonly Step[] {
  const steps: Step[] = [
    { title: "Lock file", args: ["install", "--frozen", "--quiet"] },
    { title: "Format", args: ["fmt", "--check"] },
    { title: "Lint", args: ["lint"] },
    { title: "Types", args: ["check", "--quiet", "."] },
    {
      title: "Package",
      args: ["publish", "--dry-run", "--allow-dirty", "--quiet"],
    },
  ];
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
