import type { Finding } from "../../core/finding.ts";
import type { Direction, Step } from "../../core/plan/plan.ts";
import {
  differencesOf,
  findingOfFailure,
  findingOfNoRollback,
  type Passage,
} from "../../core/rehearsal/judge_rehearsal.ts";
import type {
  RehearsalDifference,
  RehearsalStatus,
} from "../../core/rehearsal/rehearsal_report.ts";
import {
  compareSchemas,
  type SchemaState,
} from "../../core/schema/compare_schemas.ts";
import { ExecutionError, FileError } from "../../errors.ts";
import type { Stage } from "./stage.ts";

/** What was seen of a step, and where it leaves the database. */
export interface Rehearsed {
  readonly status: RehearsalStatus;
  readonly differences: readonly RehearsalDifference[];
  readonly failures: readonly Finding[];
  /** Absent where no later step can run. */
  readonly state?: SchemaState;
}

/** A step, those before it, and the schema that it finds. */
export interface StepToRehearse {
  readonly step: Step;
  readonly earlier: readonly Step[];
  readonly before: SchemaState;
}

/** Applies a step, rolls it back, and applies it again. */
export async function rehearseStep(
  stage: Stage,
  { step, earlier, before }: StepToRehearse,
): Promise<Rehearsed> {
  const failed = await tryRun(stage, [step], { direction: "migrate" });
  if (failed !== undefined) return { ...FAILED, failures: [failed] };
  const state = await stage.read();
  if (isIrreversible(step)) {
    return { ...NOTHING, status: "irreversible", state };
  }
  if (step.down === undefined) {
    const failures = [findingOfNoRollback(step)];
    return { ...NOTHING, status: "no_rollback", failures, state };
  }
  return await goBack(stage, { step, earlier, before, after: state });
}

/** Rolls back steps that each of them can be, and applies them again. */
export async function rehearseTogether(
  stage: Stage,
  { steps, before, after }: {
    readonly steps: readonly Step[];
    readonly before: SchemaState;
    readonly after: SchemaState;
  },
): Promise<Omit<Rehearsed, "status">> {
  const back = await tryRun(stage, steps, { direction: "rollback" });
  if (back !== undefined) return { differences: [], failures: [back] };
  const restored = differ(before, await stage.read(), {
    after: "rollback",
    steps,
  });
  if (restored.some(isWrong)) return { differences: restored, failures: [] };
  const again = await tryRun(stage, steps, AGAIN);
  if (again !== undefined) {
    return { differences: restored, failures: [again] };
  }
  const repeated = differ(after, await stage.read(), {
    after: "migrate",
    steps,
  });
  return { differences: [...restored, ...repeated], failures: [] };
}

interface Attempt {
  readonly direction: Direction;
  readonly isAgain?: boolean;
}

const AGAIN = { direction: "migrate", isAgain: true } as const;
const NOTHING = { differences: [], failures: [] } as const;
const FAILED = { ...NOTHING, status: "failed" } as const;

function isIrreversible({ directives, down }: Step): boolean {
  return directives.irreversible === true ||
    down?.header.directives.irreversible === true;
}

/** What did not run as a finding; whatever else goes wrong is thrown. */
async function tryRun(
  stage: Stage,
  steps: readonly Step[],
  { direction, isAgain = false }: Attempt,
): Promise<Finding | undefined> {
  const report = await stage.run(direction, steps);
  const { error } = report;
  if (error === undefined) return undefined;
  const isOfScript = error instanceof ExecutionError ||
    error instanceof FileError;
  if (!isOfScript) throw error;
  const stopped = report.steps.find(({ status }) => status !== "done");
  const step = steps.find(({ version }) => version === stopped?.version) ??
    steps[0];
  if (step === undefined) throw error;
  return findingOfFailure({ direction, step, isAgain }, error);
}

async function goBack(
  stage: Stage,
  { step, earlier, before, after }: StepToRehearse & {
    readonly after: SchemaState;
  },
): Promise<Rehearsed> {
  const rebuild = () => applyAnew(stage, [...earlier, step]);
  const failed = await tryRun(stage, [step], { direction: "rollback" });
  if (failed !== undefined) {
    return startOver({ ...FAILED, failures: [failed] }, await rebuild());
  }
  const steps = [step];
  const restored = differ(before, await stage.read(), {
    after: "rollback",
    steps,
  });
  if (restored.some(isWrong)) {
    const seen = { ...NOTHING, differences: restored };
    return startOver({ ...seen, status: "different" }, await rebuild());
  }
  const again = await tryRun(stage, [step], AGAIN);
  if (again !== undefined) {
    const seen = { differences: restored, failures: [again] };
    return startOver({ ...FAILED, ...seen }, await rebuild());
  }
  const state = await stage.read();
  const repeated = differ(after, state, { after: "migrate", steps });
  const differences = [
    ...restored,
    // What the rollback has put in another order is so ever after.
    ...repeated.filter(({ isOnlyOrder }) =>
      !isOnlyOrder || restored.length === 0
    ),
  ];
  const status = differences.some(isWrong) ? "different" : "reversible";
  return { status, differences, failures: [], state };
}

type Anew = Pick<Rehearsed, "state" | "failures">;

/** What goes wrong does not have to do with what comes after it. */
async function applyAnew(
  stage: Stage,
  steps: readonly Step[],
): Promise<Anew> {
  await stage.rebuild();
  const failed = await tryRun(stage, steps, AGAIN);
  if (failed !== undefined) return { failures: [failed] };
  return { failures: [], state: await stage.read() };
}

function startOver(seen: Rehearsed, { failures, state }: Anew): Rehearsed {
  return {
    ...seen,
    failures: [...seen.failures, ...failures],
    ...(state !== undefined && { state }),
  };
}

function isWrong({ isOnlyOrder }: RehearsalDifference): boolean {
  return !isOnlyOrder;
}

function differ(
  expected: SchemaState,
  found: SchemaState,
  passage: Passage,
): readonly RehearsalDifference[] {
  const { differences } = compareSchemas(expected, found);
  return differencesOf(passage, differences);
}
