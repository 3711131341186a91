import type { History, HistoryEntry } from "../core/history.ts";
import type { Direction } from "../core/plan/plan.ts";
import { readFullHistory } from "./loading.ts";
import type { LoadedMigrations } from "./migration_files.ts";
import type { Connection } from "./postgres/connection.ts";
import { readHistory } from "./postgres/history_store.ts";
import type { Target } from "./postgres/target.ts";

/** Files that are read already, and what counts as applied beside the history. */
export interface GivenFiles {
  readonly files: LoadedMigrations;
  readonly applied: readonly HistoryEntry[];
}

/**
 * The history, with what counts as applied beside it. Which down scripts the
 * database keeps matters only to a rollback.
 */
export async function readHistoryFor(
  { direction, given }: {
    readonly direction: Direction;
    readonly given?: GivenFiles;
  },
  { names }: Target,
  connection: Connection,
): Promise<History> {
  const history = direction === "migrate"
    ? await readHistory(connection, names)
    : await readFullHistory(connection, names);
  if (given === undefined) return history;
  return { ...history, entries: [...given.applied, ...history.entries] };
}
