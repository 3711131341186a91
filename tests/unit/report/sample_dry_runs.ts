import type {
  DryRunReport,
  TriedStep,
} from "../../../src/core/dry_run/dry_run_report.ts";
import { ExecutionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

const STEP: TriedStep = {
  direction: "migrate",
  version: "001",
  name: "widen",
  path: "migrations/001_widen.sql",
  status: "done",
  durationMs: 31,
  statements: [
    {
      line: 3,
      sql: "ALTER TABLE orders ALTER COLUMN id TYPE bigint",
      status: "done",
      durationMs: 21,
      walBytes: 108016,
      locks: [
        { name: "public.orders", kind: "table", mode: "ACCESS EXCLUSIVE" },
      ],
      rewritten: [{ name: "public.orders", kind: "table" }],
      notices: [],
    },
    {
      line: 4,
      sql: "UPDATE orders SET id = id + 1",
      status: "done",
      durationMs: 10,
      rows: 2,
      walBytes: 0,
      locks: [],
      omittedLocks: 3,
      rewritten: [],
      notices: [{ severity: "NOTICE", message: "two rows" }],
    },
  ],
  omitted: 0,
  skipped: 0,
};

export const TRIED: DryRunReport = {
  kind: "dry_run",
  direction: "migrate",
  success: true,
  target: "app on localhost:5432",
  steps: [STEP],
  sequences: [{ name: "public.orders_id_seq", from: "41", to: "44" }],
  walBytes: 108200,
  warnings: [],
  forced: [],
};

export const FAILED_TRIAL: DryRunReport = {
  ...TRIED,
  success: false,
  direction: "rollback",
  steps: [
    {
      ...STEP,
      direction: "rollback",
      name: EVIL,
      path: `migrations/001_${EVIL}.sql`,
      isFromKeptCopy: true,
      statements: [{
        line: 1,
        sql: `CREATE INDEX CONCURRENTLY ${EVIL}`,
        status: "skipped",
        reason: `it cannot run in a transaction ${EVIL}`,
        locks: [],
        rewritten: [],
        notices: [],
      }],
      skipped: 1,
    },
    {
      ...STEP,
      direction: "rollback",
      version: "002",
      status: "failed",
      statements: [{
        line: 1,
        sql: `SELECT ${EVIL}`,
        status: "failed",
        durationMs: 3,
        locks: [{ name: EVIL, kind: "index", mode: "SHARE" }],
        rewritten: [{ name: EVIL, kind: "index" }],
        notices: [{
          severity: "WARNING",
          message: EVIL,
          detail: EVIL,
          hint: EVIL,
        }],
      }],
      omitted: 2,
      omittedNotices: 1,
    },
    {
      direction: "rollback",
      version: "003",
      name: "last",
      path: "migrations/003_last.sql",
      status: "not_run",
      statements: [],
      omitted: 0,
      skipped: 0,
    },
  ],
  sequences: [{ name: EVIL }],
  warnings: [WARNING],
  forced: [WARNING],
  error: new ExecutionError("statement_failed", `Cannot apply as ${EVIL}`, {
    remains: "nothing",
  }),
};

/** Every shape of the report of an executed dry run. */
export const DRY_RUN_REPORTS: readonly DryRunReport[] = [
  TRIED,
  FAILED_TRIAL,
  { ...TRIED, steps: [], sequences: [] },
  {
    ...TRIED,
    success: false,
    steps: [],
    sequences: [],
    error: new ExecutionError("blocked", `Cannot apply as ${EVIL}`, {
      remains: "nothing",
    }),
  },
];
