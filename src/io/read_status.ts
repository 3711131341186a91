import { withoutAppliedDependencies } from "../core/dependencies.ts";
import { findRenamedFiles } from "../core/plan/verify.ts";
import type { StatusReport } from "../core/report.ts";
import {
  compareStatus,
  countPending,
  countStates,
  findStatusWarnings,
} from "../core/status.ts";
import {
  countByState,
  countWithoutRollback,
} from "../core/status_selection.ts";
import { toFileError } from "./file_findings.ts";
import { connectAndLoad, type Draft, readFullHistory } from "./loading.ts";
import {
  readLastAttempts,
  withLastAttempts,
} from "./postgres/last_attempts.ts";
import { findLockHolder } from "./postgres/keeper.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Target } from "./postgres/target.ts";

/** How every version stands; nothing is created, changed or locked. */
export async function readStatus(target: Target): Promise<StatusReport> {
  const draft: Draft = { warnings: [], forced: [] };
  try {
    return await attempt(target, draft);
  } catch (failure) {
    const error = requireKnown(failure);
    return {
      ...EMPTY_STATUS,
      success: false,
      ...(draft.target !== undefined && { target: draft.target }),
      warnings: draft.warnings,
      error,
    };
  }
}

const EMPTY_STATUS = {
  kind: "status" as const,
  appliedMigrations: 0,
  pendingMigrations: 0,
  failedMigrations: 0,
  rolledBackMigrations: 0,
  states: {},
  withoutRollback: 0,
  versions: [],
};

async function attempt(target: Target, draft: Draft): Promise<StatusReport> {
  await using loaded = await connectAndLoad(target, {
    draft,
    missingFolder: "error",
    fileErrors: "keep",
    ask: (connection) =>
      Promise.all([
        readFullHistory(connection, target.names),
        findLockHolder(connection, target.lock),
        readLastAttempts(connection, target.names),
      ]),
  });
  const { migrations } = loaded;
  const [recorded, lockHolder, attempts] = await loaded.answer;
  const history = withLastAttempts(recorded, attempts);
  const versions = compareStatus(migrations, history);
  const error = toFileError(
    withoutAppliedDependencies(loaded.findings, history.entries),
  );
  return {
    kind: "status",
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    appliedMigrations: countStates(versions, ["applied", "changed", "missing"]),
    pendingMigrations: countPending(migrations, history),
    failedMigrations: countStates(versions, [
      "failed",
      "partly_applied",
      "partly_rolled_back",
    ]),
    rolledBackMigrations: countStates(versions, ["rolled_back"]),
    states: countByState(versions),
    withoutRollback: countWithoutRollback(versions),
    versions,
    ...(lockHolder !== undefined && { lockHolder }),
    warnings: [
      ...draft.warnings,
      ...findStatusWarnings(versions),
      ...findRenamedFiles(migrations, history.entries),
    ],
    ...(error !== undefined && { error }),
  };
}
