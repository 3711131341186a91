import { UsageError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import { versionKey } from "../migration_name.ts";
import { examineHistory } from "./examine.ts";
import { requireSubject } from "./find_row.ts";
import type { HistoryView } from "./history_view.ts";
import { type Mark, planMark } from "./mark.ts";
import { proposeChange } from "./propose.ts";
import { joinChanges, type RepairChange } from "./repair_change.ts";

/** What a repair is asked to do. */
export interface RepairRequest {
  /** Findings of these versions; of all when it is empty and nothing is marked. */
  readonly versions: readonly string[];
  /** What a person says of versions, in the order in which it is said. */
  readonly marks: readonly VersionMark[];
  readonly reason?: string | undefined;
}

/** What a person says of a version. */
export interface VersionMark {
  readonly version: string;
  readonly mark: Mark;
}

/** The changes that are proposed, and what they are about. */
export interface RepairPlan {
  readonly changes: readonly RepairChange[];
  /** Tells the findings that the repair is about from others. */
  readonly selects: (finding: Finding) => boolean;
}

/**
 * Plans the changes that a person asks for, then those that settle findings.
 *
 * @throws {UsageError} If a version is unknown, or marked in two ways.
 * @throws {HistoryError} If a version cannot be marked so.
 */
export function planRepair(
  view: HistoryView,
  request: RepairRequest,
): RepairPlan {
  const marked = planMarks(view, request);
  const selects = selection(view, request);
  const marks = new Set(marked.map(({ row }) => row?.id));
  const proposed = examineHistory(view).flatMap((discovery) => {
    const isMarked = discovery.row !== undefined && marks.has(discovery.row.id);
    if (isMarked || !selects(discovery.finding)) return [];
    const change = proposeChange(discovery, view);
    if (change === undefined) return [];
    return [{ ...change, why: [discovery.finding.message] }];
  });
  return { changes: [...marked, ...joinChanges(proposed)], selects };
}

/** Each version once, however often and however it is written. */
function planMarks(
  view: HistoryView,
  { marks, reason }: RepairRequest,
): readonly RepairChange[] {
  const planned = new Map<string, Mark>();
  return marks.flatMap(({ version, mark }) => {
    const subject = requireSubject(version, view);
    const key = subject.row?.id ?? `file ${subject.migration?.version}`;
    const before = planned.get(key);
    if (before !== undefined && before !== mark) throw twoMarks(version);
    planned.set(key, mark);
    if (before !== undefined) return [];
    const change = planMark(mark, subject, { view, reason });
    return change === undefined ? [] : [change];
  });
}

function selection(
  view: HistoryView,
  { versions, marks }: RepairRequest,
): (finding: Finding) => boolean {
  if (versions.length === 0 && marks.length === 0) return () => true;
  const wanted = new Set(
    [...versions, ...marks.map(({ version }) => version)].flatMap((version) => {
      const { row, migration } = requireSubject(version, view);
      return [row?.entry.version, migration?.version]
        .filter((one) => one !== undefined).map(versionKey);
    }),
  );
  return ({ version }) =>
    version !== undefined && wanted.has(versionKey(version));
}

function twoMarks(version: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot repair "${version}" as it is marked in two ways`,
    { hint: "mark it in one of them" },
  );
}
