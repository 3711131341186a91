import { locksOf } from "../locks/statement_locks.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";
import { shown } from "./alterations.ts";
import {
  describeSize,
  isTiny,
  type LiveDatabase,
  type LiveTable,
} from "./live_tables.ts";
import type { Problem, Rule } from "./rule.ts";

/**
 * A problem with the sizes of the tables that its statement works on; where
 * all of them are tiny, it is only worth a hint.
 */
export function weighProblem(
  problem: Problem,
  { dependsOnSize }: Rule,
  { tree, live }: {
    readonly tree: ParseTree | undefined;
    readonly live: LiveDatabase | undefined;
  },
): Problem {
  if (dependsOnSize !== true || live === undefined || tree === undefined) {
    return problem;
  }
  const names = workedOn(tree);
  const tables = names.flatMap((name): readonly Sized[] => {
    const table = live.find(name);
    return table === undefined ? [] : [{ name, table }];
  });
  if (tables.length === 0) return problem;
  const isHarmless = tables.length === names.length &&
    tables.every(({ table }) => isTiny(table));
  const sizes = tables.map(({ name, table }) =>
    `${shown(name)}: ${describeSize(table)}`
  ).join("; ");
  return {
    ...problem,
    message: `${problem.message} (${sizes})`,
    ...(isHarmless && { severity: "info" }),
  };
}

interface Sized {
  readonly name: QualifiedName;
  readonly table: LiveTable;
}

/** The tables that are read or written anew, else all that rows change in. */
function workedOn(tree: ParseTree): readonly QualifiedName[] {
  const locks = (locksOf(tree) ?? []).filter(({ mode }) =>
    mode !== "ACCESS SHARE"
  );
  const worked = locks.filter(({ work, isWorkCertain, rule }) =>
    work !== "none" && (isWorkCertain || rule !== undefined)
  );
  return (worked.length === 0 ? locks : worked)
    .flatMap(({ table }) => table ?? []);
}
