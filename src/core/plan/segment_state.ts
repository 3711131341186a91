import type { SourceLocation } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import { formatModes } from "../sql/classification.ts";
import type { TransactionModes } from "../sql/classification.ts";
import type { Statement } from "../sql/statement.ts";
import { createEnumWatch } from "./enum_watch.ts";
import type { EnumWatch } from "./enum_watch.ts";
import {
  locationOf,
  noteSplitTransaction,
  refuseSplitSavepoint,
} from "./script_refusals.ts";
import type { Segment, SegmentPlannerOptions } from "./segments.ts";

/** What a planner knows of the statements so far. */
export interface PlannerState {
  readonly options: SegmentPlannerOptions;
  readonly segments: OpenSegment[];
  readonly findings: Finding[];
  current: OpenSegment | undefined;
  statementCount: number;
  /** The last statement that is sent. */
  lastSent: number;
  /** Absorbed statements that belong to whatever is sent next. */
  waiting: number[];
  /** The transaction that the file has begun itself. */
  block: Block | undefined;
  blockCount: number;
  /** What SET TRANSACTION says before the file's first BEGIN. */
  impliedModes: TransactionModes;
  savepoints: Savepoint[];
  enums: EnumWatch;
}

/** A segment that may grow. */
export interface OpenSegment extends Segment {
  reason?: string | undefined;
  readonly absorbed: Set<number>;
  readonly block: number;
  last: number;
}

/** A transaction that the file has begun. */
export interface Block {
  readonly number: number;
  readonly location: SourceLocation;
  modes: TransactionModes;
  /** Nothing was sent in it yet. */
  isFresh: boolean;
  sentCount: number;
  /** The segment of what was sent in it last. */
  segment: OpenSegment | undefined;
  /** What cannot run together with the rest of it. */
  split: Split | undefined;
}

/** Why a transaction of the file is not one transaction when it runs. */
export interface Split {
  readonly reason: string;
  readonly location: SourceLocation;
}

/** A savepoint that is open. */
export interface Savepoint {
  readonly name: string;
  readonly line: number;
}

/** The state before the first statement. */
export function createPlannerState(
  options: SegmentPlannerOptions,
): PlannerState {
  return {
    options,
    segments: [],
    findings: [],
    current: undefined,
    statementCount: 0,
    lastSent: -1,
    waiting: [],
    block: undefined,
    blockCount: 0,
    impliedModes: {},
    savepoints: [],
    enums: createEnumWatch(),
  };
}

/** Keeps a statement from being sent, as part of one segment or the other. */
export function absorb(
  state: PlannerState,
  index: number,
  segment: "previous" | "next",
): void {
  state.waiting.push(index);
  if (segment === "previous") giveWaiting(state.current, state);
}

/** Hands the absorbed statements that wait to a segment. */
export function giveWaiting(
  segment: OpenSegment | undefined,
  state: PlannerState,
): void {
  if (segment === undefined) return;
  for (const index of state.waiting) {
    segment.absorbed.add(index);
    segment.last = Math.max(segment.last, index);
  }
  state.waiting = [];
}

/** The file begins a transaction. */
export function openBlock(
  state: PlannerState,
  location: SourceLocation,
  modes: TransactionModes,
): void {
  const number = ++state.blockCount;
  state.block = {
    number,
    location,
    modes,
    isFresh: true,
    sentCount: 0,
    segment: undefined,
    split: undefined,
  };
}

/** The file ends its transaction. */
export function endBlock(state: PlannerState): void {
  const { block, findings } = state;
  if (block?.split !== undefined && block.sentCount > 1) {
    const finding = noteSplitTransaction(block.location, block.split);
    const isNoted = findings.some(({ code }) => code === finding.code);
    if (!isNoted) findings.push(finding);
  }
  state.block = undefined;
  state.savepoints = [];
}

/** How a statement is to be sent, and why so. */
export interface Sending {
  readonly mode: Segment["mode"];
  readonly reason?: string | undefined;
}

/** Adds the statement to the current segment, or opens one for it. */
export function send(
  state: PlannerState,
  statement: Statement,
  { mode, reason }: Sending,
): void {
  const beginModes = modesFor(state, mode);
  const block = blockFor(state, mode);
  const { current } = state;
  const fits = current !== undefined && current.mode === mode &&
    current.beginModes === beginModes && current.block === block;
  if (!fits) {
    leaveSegment(state, statement);
    state.current = {
      mode,
      ...(reason === undefined ? {} : { reason }),
      beginModes,
      first: state.waiting[0] ?? statement.index,
      last: statement.index,
      absorbed: new Set(),
      block,
    };
    state.segments.push(state.current);
  } else if (isResumedWith(state, statement)) {
    // What the segment began with was run before and is not shown.
    current.reason = reason;
  }
  giveWaiting(state.current, state);
  if (state.current !== undefined) state.current.last = statement.index;
  state.lastSent = statement.index;
  noteSent(state, statement, { mode, reason });
}

function isResumedWith(
  { lastSent, options: { resumedAt = 0 } }: PlannerState,
  { index }: Statement,
): boolean {
  return lastSent < resumedAt && index >= resumedAt;
}

function noteSent(
  { block, current, options }: PlannerState,
  statement: Statement,
  { mode, reason = "" }: Sending,
): void {
  if (block === undefined) return;
  const isApart = mode === "non_transactional" ||
    (block.segment !== undefined && block.segment !== current);
  if (isApart && block.split === undefined) {
    block.split = { reason, location: locationOf(options.path, statement) };
  }
  block.isFresh = false;
  block.sentCount++;
  block.segment = current;
}

/** What comes next runs in another transaction than what came before. */
export function leaveSegment(state: PlannerState, statement: Statement): void {
  const savepoint = state.savepoints[0];
  if (savepoint !== undefined) {
    const location = locationOf(state.options.path, statement);
    throw refuseSplitSavepoint(savepoint.line, location);
  }
  state.current = undefined;
  state.enums = createEnumWatch();
}

function modesFor(state: PlannerState, mode: Segment["mode"]): string {
  const { block, current, impliedModes } = state;
  if (mode === "non_transactional") return "";
  if (block !== undefined) return formatModes(block.modes);
  return current?.mode === "transactional"
    ? current.beginModes
    : formatModes(impliedModes);
}

/** With transaction=off, blocks of the file are not joined. */
function blockFor(state: PlannerState, mode: Segment["mode"]): number {
  const isApart = state.options.transaction === "off" &&
    mode === "transactional";
  return isApart ? state.block?.number ?? 0 : 0;
}
