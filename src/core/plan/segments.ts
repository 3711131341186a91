import type { Finding } from "../finding.ts";
import { findNewValue, noteEnums } from "./enum_watch.ts";
import {
  locationOf,
  noteSkippedSetting,
  refuseBinaryCopy,
  refuseChain,
  refuseLoneSavepoint,
  refusePrepare,
  refuseReadOnly,
  refuseRollback,
  refuseSnapshot,
  refuseTemplate,
  refuseUnclosed,
  refuseUnknownSavepoint,
} from "./script_refusals.ts";
import {
  absorb,
  createPlannerState,
  endBlock,
  giveWaiting,
  leaveSegment,
  openBlock,
  send,
} from "./segment_state.ts";
import type { PlannerState } from "./segment_state.ts";
import type { Classification } from "../sql/classification.ts";
import { isBinaryCopy } from "../sql/copy_format.ts";
import { findNewerSetting, type NewerSetting } from "../sql/newer_setting.ts";
import type { Statement } from "../sql/statement.ts";

/** Statements of a script that share one transaction, or have none. */
export interface Segment {
  readonly mode: "transactional" | "non_transactional";
  /** Why it stands apart, for people: the statement and its line. */
  readonly reason?: string | undefined;
  /** The modes for the tool's own BEGIN, such as `ISOLATION LEVEL SERIALIZABLE`. */
  readonly beginModes: string;
  /** Indexes of its first and last statement. */
  readonly first: number;
  readonly last: number;
  /** Statements that are not sent: the file's own BEGIN and COMMIT. */
  readonly absorbed: ReadonlySet<number>;
}

/** How a script will be run. */
export interface ScriptPlan {
  /** Empty when the script has no statement to send. */
  readonly segments: readonly Segment[];
  /** All statements of the script, absorbed ones included. */
  readonly statementCount: number;
  /** Warnings about statements that are left out. */
  readonly findings: readonly Finding[];
}

/** What a planner must know besides the statements. */
export interface SegmentPlannerOptions {
  /** The path of the script, for errors. */
  readonly path: string;
  /**
   * `off`, from the header: only what the file itself puts between BEGIN
   * and COMMIT runs in a transaction, each such block in one of its own.
   */
  readonly transaction: "auto" | "off";
  /** The database that the script will run in, if it is known. */
  readonly currentDatabase?: string;
  /** Such as 180004 for 18.4; 0 if it is not known. */
  readonly serverVersion?: number;
  /** The first statement to run, when an attempt is resumed. */
  readonly resumedAt?: number | undefined;
}

/** Plans a script while it is read. */
export interface SegmentPlanner {
  /**
   * Takes the next statement of the script.
   *
   * @throws {FileError} If it cannot run as part of a migration.
   */
  push(statement: Statement, classification: Classification): void;
  /**
   * The plan, when all statements were pushed.
   *
   * @throws {FileError} If a transaction is left open.
   */
  end(): ScriptPlan;
}

/** A planner for the statements of one script, in their order. */
export function createSegmentPlanner(
  options: SegmentPlannerOptions,
): SegmentPlanner {
  const state = createPlannerState(options);
  return {
    push(statement, classification) {
      state.statementCount++;
      planStatement(state, statement, classification);
    },
    end: () => endPlan(state),
  };
}

function planStatement(
  state: PlannerState,
  statement: Statement,
  classification: Classification,
): void {
  const where = () => locationOf(state.options.path, statement);
  switch (classification.control) {
    case "begin":
    case "set_transaction":
      return planModes(state, statement, classification);
    case "commit":
      absorb(state, statement.index, "previous");
      return endBlock(state);
    case "commit_and_chain":
      return planChain(state, statement);
    case "rollback":
      // Without a transaction it does nothing but warn.
      if (state.block !== undefined) throw refuseRollback(where());
      return absorb(state, statement.index, "previous");
    case "rollback_and_chain":
      throw refuseRollback(where());
    case "prepare_transaction":
      throw refusePrepare(where());
    case "savepoint":
    case "release":
    case "rollback_to":
      return planSavepoint(state, statement, classification);
    case undefined:
      return planPlain(state, statement, classification);
  }
}

function planModes(
  state: PlannerState,
  statement: Statement,
  { control, modes = {} }: Classification,
): void {
  const location = locationOf(state.options.path, statement);
  if (modes.snapshot === true) throw refuseSnapshot(location);
  if (modes.access === "READ ONLY") throw refuseReadOnly(location);
  const { block } = state;
  if (control === "begin" && block === undefined) {
    openBlock(state, location, modes);
  } else if (block !== undefined && block.isFresh) {
    block.modes = { ...block.modes, ...modes };
  } else if (block !== undefined && control === "set_transaction") {
    // Too late for most modes: that is for the server to say.
    return send(state, statement, { mode: "transactional" });
  } else if (block === undefined && isBeforeAll(state)) {
    state.impliedModes = { ...state.impliedModes, ...modes };
  }
  absorb(state, statement.index, "next");
}

/** A transaction of the tool is not yet open, or will not stay so. */
function isBeforeAll({ current, options }: PlannerState): boolean {
  return options.transaction === "auto" &&
    current?.mode !== "transactional";
}

function planChain(state: PlannerState, statement: Statement): void {
  const location = locationOf(state.options.path, statement);
  const { block } = state;
  if (block === undefined) throw refuseChain(location);
  absorb(state, statement.index, "previous");
  endBlock(state);
  openBlock(state, location, block.modes);
}

function planSavepoint(
  state: PlannerState,
  statement: Statement,
  { control, savepoint = "" }: Classification,
): void {
  const location = locationOf(state.options.path, statement);
  if (state.options.transaction === "off" && state.block === undefined) {
    throw refuseLoneSavepoint(location);
  }
  if (control === "savepoint") {
    send(state, statement, { mode: "transactional" });
    state.savepoints.push({ name: savepoint, line: statement.line });
    return;
  }
  const at = state.savepoints.findLastIndex(({ name }) => name === savepoint);
  if (at < 0) throw refuseUnknownSavepoint(savepoint, location);
  send(state, statement, { mode: "transactional" });
  state.savepoints.length = control === "release" ? at : at + 1;
}

function planPlain(
  state: PlannerState,
  statement: Statement,
  classification: Classification,
): void {
  const { databaseTemplate, mode, reason } = classification;
  const { currentDatabase, serverVersion = 0, transaction } = state.options;
  const newer = findNewerSetting(statement.text, serverVersion);
  if (newer !== undefined) return skipSetting(state, statement, newer);
  if (databaseTemplate !== undefined && databaseTemplate === currentDatabase) {
    const location = locationOf(state.options.path, statement);
    throw refuseTemplate(databaseTemplate, location);
  }
  if (classification.readsCopyData && isBinaryCopy(statement.text)) {
    throw refuseBinaryCopy(locationOf(state.options.path, statement));
  }
  if (mode === "non_transactional") {
    return send(state, statement, {
      mode,
      reason: withLine(reason, statement),
    });
  }
  if (transaction === "off" && state.block === undefined) {
    const off = "the header says transaction=off";
    return send(state, statement, { mode: "non_transactional", reason: off });
  }
  sendTransactional(state, statement, classification);
}

function skipSetting(
  state: PlannerState,
  statement: Statement,
  setting: NewerSetting,
): void {
  const { path, serverVersion = 0 } = state.options;
  const location = locationOf(path, statement);
  state.findings.push(noteSkippedSetting(setting, serverVersion, location));
  absorb(state, statement.index, "next");
}

function withLine(reason = "", { line }: Statement): string {
  return `${reason} (line ${line})`;
}

function sendTransactional(
  state: PlannerState,
  statement: Statement,
  classification: Classification,
): void {
  const used = findNewValue(state.enums, statement, classification);
  const reason = used === undefined
    ? undefined
    : `may use the enum value "${used.value}" that line ${used.line} adds (line ${statement.line})`;
  if (used !== undefined) leaveSegment(state, statement);
  send(state, statement, { mode: "transactional", reason });
  noteEnums(state.enums, statement, classification);
}

function endPlan(state: PlannerState): ScriptPlan {
  const { block, statementCount, findings } = state;
  if (block !== undefined) throw refuseUnclosed(block.location);
  giveWaiting(state.segments.at(-1), state);
  const segments = state.segments.map(({ block: _, ...segment }) => segment);
  return { segments, statementCount, findings };
}
