import { findingOfDifference } from "../../../src/core/rehearsal/judge_rehearsal.ts";
import type {
  RehearsalDifference,
  RehearsalReport,
} from "../../../src/core/rehearsal/rehearsal_report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

export const REHEARSED: RehearsalReport = {
  kind: "rehearsal",
  success: true,
  target: "app on localhost:5432",
  scope: "all",
  migrations: [
    {
      version: "001",
      name: "shop",
      path: "migrations/001_shop.sql",
      status: "reversible",
      durationMs: 120,
    },
  ],
  differences: [],
  findings: [],
  warnings: [],
};

const LEFT: RehearsalDifference = {
  change: "added",
  kind: "index",
  name: EVIL,
  found: `CREATE INDEX ${EVIL};`,
  version: "002",
  of: `"002_${EVIL}"`,
  after: "rollback",
  path: "migrations/rollbacks/002_b_down.sql",
  isOnlyOrder: false,
};

const REORDERED: RehearsalDifference = {
  change: "changed",
  kind: "table",
  name: "public.a",
  expected: "CREATE TABLE public.a (\n    x integer,\n    y integer\n);",
  found: "CREATE TABLE public.a (\n    y integer,\n    x integer\n);",
  of: "all 2 migrations",
  after: "migrate",
  isOnlyOrder: true,
};

export const NOT_REVERSIBLE: RehearsalReport = {
  ...REHEARSED,
  success: false,
  scope: "pending",
  migrations: [
    ...REHEARSED.migrations,
    {
      version: "002",
      name: EVIL,
      path: `migrations/002_${EVIL}.sql`,
      status: "different",
      durationMs: 80,
    },
    {
      version: "003",
      name: "c",
      path: "migrations/003_c.sql",
      status: "failed",
      durationMs: 10,
    },
    {
      version: "004",
      name: "d",
      path: "migrations/004_d.sql",
      status: "not_run",
    },
  ],
  differences: [LEFT, REORDERED],
  findings: [findingOfDifference(LEFT), findingOfDifference(REORDERED), {
    severity: "error",
    code: "migrate_failed",
    message: `When applied: ${EVIL}`,
    version: "003",
    location: { path: "migrations/003_c.sql", line: 1 },
  }],
  warnings: [WARNING],
};

/** Every shape of the report of a rehearsal. */
export const REHEARSAL_REPORTS: readonly RehearsalReport[] = [
  REHEARSED,
  NOT_REVERSIBLE,
  { ...REHEARSED, migrations: [] },
  { ...REHEARSED, migrations: [], scope: "pending" },
  {
    ...REHEARSED,
    success: false,
    migrations: [],
    error: new ConnectionError("cannot_connect", `Cannot connect as ${EVIL}`),
  },
];
