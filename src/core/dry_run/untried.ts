import type { Finding } from "../finding.ts";
import { scriptPath, type Step } from "../plan/plan.ts";
import type { ScriptPlan } from "../plan/segments.ts";

/** A step, as far as it matters whether one transaction can stand for many. */
export interface UntriedStep {
  readonly step: Step;
  readonly plan: ScriptPlan;
  /** Whether it changes what new sessions start with. */
  readonly changesSessionDefaults: boolean;
}

/** What of a step an executed dry run does otherwise than a run. */
export function findUntried(
  { step, plan, changesSessionDefaults }: UntriedStep,
  place: "last" | "followed",
): readonly Finding[] {
  const name = `"${step.version}_${step.name}"`;
  const location = { path: scriptPath(step) };
  const findings: Finding[] = [];
  if (plan.segments.some(({ beginModes }) => beginModes !== "")) {
    findings.push({
      severity: "warning",
      code: "other_isolation",
      message: `${name} asks for a transaction with modes of its own; the ` +
        "dry run tries it in its own transaction, which is READ COMMITTED",
      location,
    });
  }
  if (changesSessionDefaults && place === "followed") {
    findings.push({
      severity: "warning",
      code: "untried_defaults",
      message: `${name} changes what new sessions start with, which the ` +
        "migrations behind it meet in a run and not in the dry run",
      location,
    });
  }
  return findings;
}
