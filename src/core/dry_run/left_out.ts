import type { ServerMessage, SourceLocation } from "../../errors.ts";
import { labelOf } from "../sql/label.ts";
import { readTransactionControl } from "../sql/transaction_control.ts";
import type { Statement } from "../sql/statement.ts";

/** A statement that was not run, and the name of what it is about. */
export interface LeftOut {
  readonly location: SourceLocation;
  /** Absent for one that others hardly need. */
  readonly name?: string;
}

/** A statement of the script at `path` as one that was left out. */
export function leftOut(path: string, { text, line }: Statement): LeftOut {
  const location = { path, line };
  if (UPKEEP.test(text)) return { location };
  // The label ends with the name of the object, which has no spaces but quoted.
  const name = /("(?:[^"]|"")*"|[^\s."]+)$/.exec(labelOf(text))?.[1];
  if (name === undefined) return { location };
  return { location, name: unquote(name).toLowerCase() };
}

/** The first of what was left out that a statement names, and so may need. */
export function findNeeded(
  all: readonly LeftOut[],
  { text }: Statement,
): LeftOut | undefined {
  if (all.length === 0 || readTransactionControl(text) !== undefined) {
    return undefined;
  }
  const folded = text.toLowerCase();
  return all.find(({ name }) => name !== undefined && namesIt(folded, name));
}

/** Whether what the server refused may have been there in a run. */
export function mayComeOfIt({ sqlstate }: ServerMessage): boolean {
  return !NOT_OF_IT.test(sqlstate);
}

/** Why a statement that needs it was undone and left out as well. */
export function needsReason(
  { location: { path, line } }: LeftOut,
  { message }: ServerMessage,
): string {
  return `without what ${path}:${line} does, it fails: ${message}`;
}

const UPKEEP = /^\s*(?:vacuum|analyze|reindex|cluster|checkpoint|refresh)\b/i;

/** Syntax, locks, resources, and what somebody has cancelled. */
const NOT_OF_IT = /^(?:42601|55P03|40|53|57|58|XX)/;

function namesIt(text: string, name: string): boolean {
  for (
    let at = text.indexOf(name);
    at >= 0;
    at = text.indexOf(name, at + 1)
  ) {
    const isWhole = !WORD.test(text[at - 1] ?? "") &&
      !WORD.test(text[at + name.length] ?? "");
    if (isWhole) return true;
  }
  return false;
}

const WORD = /[\w$\u0080-\uffff]/;

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
