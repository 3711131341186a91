import { fail } from "node:assert/strict";

/** What came of a fault that a test injected. */
export interface FaultCounts {
  /** How often it was injected, and met the run that it was meant for. */
  readonly injected: number;
  /** Effects, or entries of the history, that should be there and are not. */
  readonly lost?: number;
  /** Effects that are there more often than they should be. */
  readonly duplicated?: number;
  /** Runs that told something else than what became of the database. */
  readonly misreported?: number;
}

/**
 * Adds to the table of `docs/reliability.md` what came of a fault, and fails
 * the test unless nothing was lost, duplicated or wrongly reported. `fault` is
 * a row of the table, in words for people: "SIGKILL at a random moment". The
 * numbers are to be counted, as with {@linkcode compareEffects}.
 */
export function countFault(fault: string, counts: FaultCounts): void {
  const { injected, lost = 0, duplicated = 0, misreported = 0 } = counts;
  const path = Deno.env.get("LOCKSTEP_FAULT_REPORT");
  if (path !== undefined) {
    const row = { fault, injected, lost, duplicated, misreported };
    Deno.writeTextFileSync(path, `${JSON.stringify(row)}\n`, { append: true });
  }
  if (injected === 0) fail(`${fault}: it was never injected`);
  if (lost + duplicated + misreported === 0) return;
  fail(
    `${fault}: of ${injected} times, ${lost} lost, ${duplicated} duplicated, ` +
      `${misreported} wrongly reported`,
  );
}

/** How many of the expected effects are missing, and how many are too many. */
export function compareEffects(
  expected: readonly unknown[],
  found: readonly unknown[],
): { readonly lost: number; readonly duplicated: number } {
  const left = new Map<string, number>();
  for (const effect of expected) count(left, effect, 1);
  for (const effect of found) count(left, effect, -1);
  const numbers = Array.from(left.values());
  return {
    lost: sum(numbers.filter((number) => number > 0)),
    duplicated: -sum(numbers.filter((number) => number < 0)),
  };
}

function count(
  counts: Map<string, number>,
  effect: unknown,
  change: number,
): void {
  const key = JSON.stringify(effect);
  counts.set(key, (counts.get(key) ?? 0) + change);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
