import type { LossTarget, PossibleLoss, ScriptLosses } from "./loss.ts";

/** When a backup is made before a run. */
export type BackupMode = "auto" | "always" | "never";

/** The script of a step, with what it may destroy. */
export interface JudgedScript {
  readonly version: string;
  readonly path: string;
  readonly losses: ScriptLosses;
}

/** A target of a plan, by a number for the catalogs to be asked with. */
export interface LossCandidate {
  readonly id: number;
  readonly script: JudgedScript;
  readonly loss: PossibleLoss;
  readonly target: LossTarget;
}

/** What the catalogs say of a candidate. */
export interface LossAnswer {
  readonly isFound: boolean;
  /** What holds data and would lose them, by name. */
  readonly lost: readonly string[];
  /** All that it changes, with data or without, by the ids of the catalogs. */
  readonly touched?: readonly string[];
  /** Whether triggers or rules may change what nobody can say. */
  readonly runsCode?: boolean;
}

/** A statement that would destroy data. */
export interface LossCause {
  readonly version: string;
  readonly path: string;
  readonly line: number;
  readonly statement: string;
  /** The tables and sequences with data; empty when nobody can say which. */
  readonly lost: readonly string[];
}

/** What a plan would destroy, as far as the catalogs know. */
export interface LossVerdict {
  readonly causes: readonly LossCause[];
  /** Statements that may take from any table. */
  readonly doubts: readonly LossCause[];
  /** Other databases that it drops. */
  readonly databases: readonly string[];
}

/** All that the scripts of a plan may take data from. */
export function listCandidates(
  scripts: readonly JudgedScript[],
): readonly LossCandidate[] {
  return scripts.flatMap((script) =>
    script.losses.losses.flatMap((loss) =>
      loss.targets.map((target) => ({ script, loss, target }))
    )
  ).map((candidate, id) => ({ id, ...candidate }));
}

/** What of it there is to lose. */
export function weighLosses(
  candidates: readonly LossCandidate[],
  answers: ReadonlyMap<number, LossAnswer>,
): LossVerdict {
  const scripts = candidates.map(({ script }) => script.losses);
  const plan = {
    renames: scripts.some(({ renames }) => renames),
    createsCode: scripts.some(({ createsCode }) => createsCode),
  };
  const weighed = candidates.map((candidate) => ({
    candidate,
    lost: answers.get(candidate.id)?.lost ?? [],
    weight: weigh(candidate, answers.get(candidate.id) ?? NOT_FOUND, plan),
  }));
  const withWeight = (weight: Weight) =>
    weighed.filter((one) => one.weight === weight);
  return {
    causes: withWeight("lost").map(toCause),
    doubts: withWeight("doubt").map(({ candidate }) =>
      toCause({ candidate, lost: [] })
    ),
    databases: withWeight("elsewhere").flatMap(({ lost }) => lost),
  };
}

/**
 * All that is changed, with data or without; undefined when nobody can say, as
 * where a table may get the name of another before it is dropped.
 */
export function findTouched(
  candidates: readonly LossCandidate[],
  answers: ReadonlyMap<number, LossAnswer>,
): readonly string[] | undefined {
  const known = [...answers.values()];
  const isUnclear = candidates.some(({ script }) => script.losses.renames) ||
    known.some(({ runsCode }) => runsCode === true);
  if (isUnclear) return undefined;
  return [...new Set(known.flatMap(({ touched = [] }) => touched))];
}

type Weight = "safe" | "lost" | "doubt" | "elsewhere";

const NOT_FOUND: LossAnswer = { isFound: false, lost: [] };

function weigh(
  { target }: LossCandidate,
  { isFound, lost }: LossAnswer,
  plan: Pick<ScriptLosses, "renames" | "createsCode">,
): Weight {
  switch (target.kind) {
    case "anything":
      return "doubt";
    case "unparsed":
      // What the server does not know either, it does not run.
      return isFound ? "doubt" : "safe";
    case "database":
      return isFound ? "elsewhere" : "safe";
    case "call":
      if (isFound) return lost.length > 0 ? "doubt" : "safe";
      // One that is not there now can only be of the plan itself.
      return plan.createsCode ? "doubt" : "safe";
    default:
      if (lost.length > 0) return "lost";
      // What is not there now is made by the plan, or gets another name in it.
      return !isFound && plan.renames ? "doubt" : "safe";
  }
}

function toCause(
  { candidate: { script, loss }, lost }: {
    readonly candidate: LossCandidate;
    readonly lost: readonly string[];
  },
): LossCause {
  const { version, path } = script;
  const { line, statement } = loss;
  return { version, path, line, statement, lost };
}
