import type { Finding } from "../core/finding.ts";
import { describeHolder } from "../core/lock.ts";
import { examineHistory } from "../core/repair/examine.ts";
import type { VerifyReport } from "../core/repair/repair_report.ts";
import { readHistoryView } from "./history_view.ts";
import { connectAndLoad, type Draft } from "./loading.ts";
import { findLockHolder } from "./postgres/keeper.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Target } from "./postgres/target.ts";

/** Compares files, history and log; nothing is created, changed or locked. */
export async function verifyHistory(target: Target): Promise<VerifyReport> {
  const draft: Draft = { warnings: [], forced: [] };
  try {
    return await attempt(target, draft);
  } catch (failure) {
    const error = requireKnown(failure);
    return {
      kind: "verify",
      success: false,
      ...(draft.target !== undefined && { target: draft.target }),
      migrations: 0,
      rows: 0,
      findings: [],
      warnings: draft.warnings,
      error,
    };
  }
}

async function attempt(target: Target, draft: Draft): Promise<VerifyReport> {
  await using loaded = await connectAndLoad(target, {
    draft,
    missingFolder: "error",
    fileErrors: "keep",
    ask: (connection) => findRunAtWork(target, connection),
  });
  const { connection } = loaded;
  const view = await readHistoryView(connection, target, loaded);
  const findings = examineHistory(view).map(({ finding }) => finding);
  return {
    kind: "verify",
    success: findings.length === 0,
    ...(draft.target !== undefined && { target: draft.target }),
    migrations: view.migrations.length,
    rows: view.rows.length,
    findings,
    warnings: [
      ...draft.warnings.filter((warning) => !findings.includes(warning)),
      ...await loaded.answer,
    ],
  };
}

async function findRunAtWork(
  { lock }: Target,
  connection: Parameters<typeof findLockHolder>[0],
): Promise<readonly Finding[]> {
  const holder = await findLockHolder(connection, lock);
  if (holder === undefined) return [];
  return [{
    severity: "warning",
    code: "run_at_work",
    message: "What a run is doing at this moment may be among the findings: " +
      describeHolder(holder),
  }];
}
