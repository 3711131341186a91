import type { ScriptPlan, Segment } from "../core/plan/segments.ts";
import { createSeal } from "../core/script_seal.ts";
import { type Script, ScriptCursor } from "./script.ts";

/**
 * What a script reads like up to a statement, by the index of each statement
 * that a COMMIT follows.
 */
export type ScriptSeals = ReadonlyMap<number, string>;

/**
 * Reads a script once more for its seals; undefined for one that has only the
 * COMMIT at its end, where the checksum of the whole file is compared.
 */
export async function readSeals(
  script: Script,
  { segments }: ScriptPlan,
): Promise<ScriptSeals | undefined> {
  const isAtomic = segments.length <= 1 &&
    segments[0]?.mode !== "non_transactional";
  if (isAtomic) return undefined;
  const seal = createSeal();
  const cursor = new ScriptCursor(script, seal);
  const seals = new Map<number, string>();
  let at = 0;
  try {
    for (
      let item = await cursor.next();
      item !== undefined;
      item = await cursor.next()
    ) {
      if (item.kind !== "statement") continue;
      await cursor.skipCopyData();
      if (item.index > (segments[at]?.last ?? Infinity)) at++;
      if (isBeforeCommit(item.index, segments[at])) {
        seals.set(item.index, seal.digest());
      }
    }
    return seals;
  } finally {
    await cursor.close();
  }
}

function isBeforeCommit(index: number, segment: Segment | undefined): boolean {
  return segment?.mode === "non_transactional" || segment?.last === index;
}
