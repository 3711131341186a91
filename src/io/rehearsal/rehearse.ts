import type { Finding } from "../../core/finding.ts";
import type { Step } from "../../core/plan/plan.ts";
import { scriptPath } from "../../core/plan/plan.ts";
import { findingOfDifference } from "../../core/rehearsal/judge_rehearsal.ts";
import type {
  RehearsalDifference,
  RehearsalReport,
  RehearsedMigration,
} from "../../core/rehearsal/rehearsal_report.ts";
import type { SchemaState } from "../../core/schema/compare_schemas.ts";
import type { LockstepError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import {
  type Connection,
  type ConnectionTarget,
  describeTarget,
} from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { requireContained } from "./find_shared.ts";
import { type Basis, readBasis } from "./read_basis.ts";
import { rehearseStep, rehearseTogether } from "./rehearse_steps.ts";
import { type OpenDatabase, Stage } from "./stage.ts";
import {
  dropLeftOver,
  dropThrowaway,
  throwawayName,
} from "./throwaway_database.ts";

export type { OpenDatabase };

/** What to rehearse, and where. */
export interface RehearsalWork {
  readonly scope: "all" | "pending";
  readonly live: Target;
  /** A database of the server where the throwaway one is made. */
  readonly server: Target;
  /** Whether that server was named for it; else it has the live database. */
  readonly isServerNamed: boolean;
  /** Another database of the server that was connected to. */
  readonly beside: (where: ConnectionTarget, database: string) => OpenDatabase;
}

/**
 * Applies each migration in a throwaway database, rolls it back and applies it
 * again, and compares the schemas. The database is dropped, come what may.
 */
export async function rehearse(work: RehearsalWork): Promise<RehearsalReport> {
  const draft: Draft = {
    scope: work.scope,
    warnings: [],
    migrations: [],
    differences: [],
    failures: [],
  };
  try {
    await prepare(work, draft);
    return reportRehearsal(draft);
  } catch (failure) {
    return reportRehearsal(draft, requireKnown(failure));
  }
}

interface Draft {
  readonly scope: RehearsalReport["scope"];
  target?: string;
  warnings: readonly Finding[];
  migrations: readonly RehearsedMigration[];
  differences: readonly RehearsalDifference[];
  failures: readonly Finding[];
}

async function prepare(work: RehearsalWork, draft: Draft): Promise<void> {
  const { live, server, isServerNamed } = work;
  const basis = await readBasis(live, work.scope);
  draft.warnings = [...basis.warnings, ...await connectionFindings(server)];
  draft.migrations = basis.steps.map((step) => rehearsed(step, "not_run"));
  if (!isServerNamed) await requireContained(live, basis.steps);
  await using connection = await server.connect();
  draft.target = basis.source ?? describeTarget(connection.target);
  requireWritable(connection);
  if (basis.steps.length === 0) return;
  await dropLeftOver(connection);
  await perform(work, draft, { connection, basis });
}

interface Scene {
  readonly connection: Connection;
  readonly basis: Basis;
}

async function perform(
  { server: target, beside }: RehearsalWork,
  draft: Draft,
  { connection: server, basis }: Scene,
): Promise<void> {
  const name = await throwawayName(server);
  try {
    await using stage = await Stage.open({
      server,
      name,
      connect: () => beside(server.target, name),
      basis,
    });
    target.onEvent({
      type: "run_started",
      steps: basis.steps,
      isRehearsal: true,
    });
    await rehearseAll(stage, basis.steps, { target, draft });
  } finally {
    const left = await dropThrowaway(server, target.reconnect, name);
    draft.warnings = [...draft.warnings, ...left];
  }
}

interface Rehearsing {
  readonly target: Target;
  readonly draft: Draft;
}

async function rehearseAll(
  stage: Stage,
  steps: readonly Step[],
  { target, draft }: Rehearsing,
): Promise<void> {
  let before = await stage.read();
  let start = { index: 0, state: before };
  for (const [index, step] of steps.entries()) {
    throwIfStopped(target.signal);
    target.onEvent({
      type: "step_started",
      step,
      number: index + 1,
      of: steps.length,
    });
    const since = performance.now();
    const earlier = steps.slice(0, index);
    const seen = await rehearseStep(stage, { step, earlier, before });
    const { status, state, differences, failures } = seen;
    const durationMs = performance.now() - since;
    const done = { ...rehearsed(step, status), durationMs };
    draft.migrations = draft.migrations.with(index, done);
    draft.differences = [...draft.differences, ...differences];
    draft.failures = [...draft.failures, ...failures];
    if (state === undefined) return;
    before = state;
    if (status !== "reversible") start = { index: index + 1, state };
  }
  const rest = steps.slice(start.index);
  if (rest.length < 2) return;
  throwIfStopped(target.signal);
  await goAllTheWay(stage, rest, { draft, before: start.state, after: before });
}

/** The data of one migration may be in the way of the rollback of another. */
async function goAllTheWay(
  stage: Stage,
  steps: readonly Step[],
  { draft, before, after }: {
    readonly draft: Draft;
    readonly before: SchemaState;
    readonly after: SchemaState;
  },
): Promise<void> {
  const seen = await rehearseTogether(stage, { steps, before, after });
  const known = new Set(draft.differences.map(keyOf));
  const news = seen.differences.filter((one) => !known.has(keyOf(one)));
  draft.differences = [...draft.differences, ...news];
  draft.failures = [...draft.failures, ...seen.failures];
}

function keyOf({ kind, name, isOnlyOrder }: RehearsalDifference): string {
  return `${isOnlyOrder} ${kind} ${name}`;
}

function rehearsed(
  step: Step,
  status: RehearsedMigration["status"],
): RehearsedMigration {
  const { version, name } = step;
  return { version, name, path: scriptPath(step), status };
}

function reportRehearsal(
  { target, failures, ...draft }: Draft,
  error?: LockstepError,
): RehearsalReport {
  const findings = [
    ...draft.differences.map(findingOfDifference),
    ...failures,
  ];
  const isGood = findings.every(({ severity }) => severity !== "error");
  return {
    kind: "rehearsal",
    success: error === undefined && isGood,
    ...(target !== undefined && { target }),
    ...draft,
    findings,
    ...(error !== undefined && { error }),
  };
}
