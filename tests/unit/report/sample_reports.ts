import type { LogEntry } from "../../../src/core/log_entry.ts";
import type {
  ConfigReport,
  ErrorReport,
  HistoryReport,
  PlanReport,
  Report,
  RunReport,
  StatusReport,
} from "../../../src/core/report.ts";
import type { UnlockReport } from "../../../src/core/unlock_report.ts";
import type { DoctorReport } from "../../../src/core/doctor/verdict.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";
import type { Theme } from "../../../src/report/theme.ts";
import { ADOPT_REPORTS } from "./sample_adopts.ts";
import { BAD_LINT, CLEAN_LINT } from "./sample_lints.ts";
import { REHEARSAL_REPORTS } from "./sample_rehearsals.ts";
import { TEST_DATABASE_REPORTS } from "./sample_test_databases.ts";
import { DRY_RUN_REPORTS } from "./sample_dry_runs.ts";
import { SCHEMA_REPORTS } from "./sample_schemas.ts";
import { REPAIR_REPORTS } from "./sample_repairs.ts";
import {
  BACKUP_DECISION,
  BACKUP_REPORTS,
  RUN_BACKUP,
} from "./sample_backups.ts";
import { EVIL, FILE_ERROR, SERVER_ERROR, WARNING } from "./sample_errors.ts";

/** A stream that is no terminal, in a UTF-8 locale. */
export const PLAIN: Theme = {
  columns: undefined,
  colors: "off",
  symbols: "unicode",
};

export const FAILED_RUN: RunReport = {
  kind: "migrate",
  success: false,
  target: "app on localhost:5432",
  runId: "0192",
  migrationsApplied: 1,
  migrationsRolledBack: 0,
  steps: [
    {
      direction: "migrate",
      version: "001",
      name: "initial_schema",
      path: "migrations/001_initial_schema.sql",
      status: "done",
      durationMs: 42,
      statements: 12,
    },
    {
      direction: "migrate",
      version: "002",
      name: "add_indexes",
      path: "migrations/002_add_indexes.sql",
      status: "failed",
      durationMs: 1310,
      statements: 1,
    },
    {
      direction: "migrate",
      version: "003",
      name: `ml_${EVIL}`,
      path: `migrations/003_ml_${EVIL}.sql`,
      status: "not_run",
    },
  ],
  warnings: [WARNING],
  forced: [{
    severity: "error",
    code: "checksum_mismatch",
    message: 'The file of "001_initial_schema" changed',
  }],
  error: SERVER_ERROR,
};

export const EMPTY_RUN: RunReport = {
  kind: "migrate",
  success: true,
  target: "app on localhost:5432",
  migrationsApplied: 0,
  migrationsRolledBack: 0,
  steps: [],
  warnings: [],
  forced: [],
};

export const ROLLBACK_RUN: RunReport = {
  ...EMPTY_RUN,
  kind: "rollback",
  migrationsRolledBack: 1,
  steps: [{
    direction: "rollback",
    version: "003",
    name: "ml",
    path: "migrations/rollbacks/003_ml_down.sql",
    status: "done",
    durationMs: 9,
    statements: 2,
    isFromKeptCopy: true,
  }],
};

export const PLAN: PlanReport = {
  kind: "plan",
  direction: "migrate",
  success: true,
  target: "app on localhost:5432",
  steps: [
    {
      direction: "migrate",
      version: "002",
      name: "add_indexes",
      path: "migrations/002_add_indexes.sql",
      isFromKeptCopy: false,
      resumedAt: 1,
      segments: [
        {
          mode: "transactional",
          statements: [{
            line: 9,
            sql: "CREATE TABLE a (\n  id int DEFAULT f(1,\n2)\n)",
            lines: [9, 10, undefined, 11],
          }],
          omitted: 2,
          statementCount: 3,
        },
        {
          mode: "non_transactional",
          reason: "CREATE INDEX CONCURRENTLY at line 14",
          statements: [{
            line: 14,
            sql: "CREATE INDEX CONCURRENTLY i ON a (id)",
          }],
          omitted: 0,
          statementCount: 1,
        },
      ],
    },
    {
      direction: "migrate",
      version: "003",
      name: "empty",
      path: "migrations/003_empty.sql",
      isFromKeptCopy: true,
      segments: [],
    },
  ],
  warnings: [],
  forced: [],
};

export const STATUS: StatusReport = {
  kind: "status",
  success: true,
  target: "app on localhost:5432",
  appliedMigrations: 1,
  pendingMigrations: 1,
  failedMigrations: 1,
  rolledBackMigrations: 1,
  states: {
    baseline: 1,
    applied: 1,
    partly_applied: 1,
    rolled_back: 1,
    pending: 1,
  },
  withoutRollback: 1,
  versions: [
    {
      version: "000_initial_state",
      name: "initial_state",
      state: "baseline",
      appliedAt: "2025-01-05T10:00:00Z",
      rollback: "none",
    },
    {
      version: "001",
      name: "initial_schema",
      state: "applied",
      appliedAt: "2026-11-22T19:04:05.123+01:00",
      executionTimeMs: 42,
      failedRollback: {
        error: `locked ${EVIL}`,
        sqlstate: "55P03",
        failedAt: "2026-11-22T18:10:00Z",
      },
      rollback: "file",
      path: "migrations/001_initial_schema.sql",
    },
    {
      version: "002",
      name: "add_indexes",
      state: "partly_applied",
      appliedAt: "2026-11-22T18:05:00Z",
      statementsDone: 3,
      error: `boom ${EVIL}`,
      sqlstate: "42P01",
      errorAt: "2026-11-22T18:07:00Z",
      rollback: "kept",
    },
    {
      version: "003",
      name: `ml${EVIL}`,
      state: "rolled_back",
      rolledBackAt: "2026-11-22T18:06:00Z",
      rollbackReason: "wrong index",
      rollback: "file",
    },
    {
      version: "20250105120000",
      name: "a_name_that_is_longer_than_a_narrow_terminal_has_room_for",
      state: "pending",
      rollback: "none",
    },
  ],
  lockHolder: {
    processId: 4711,
    user: "app",
    application: EVIL,
    address: "10.0.0.3",
    since: "2026-11-22T18:00:00Z",
  },
  warnings: [],
};

export const LOCKED: UnlockReport = {
  kind: "unlock",
  success: true,
  target: "app on localhost:5432",
  table: "public.schema_migrations",
  askedAt: "2026-11-22T18:04:02.000000Z",
  sessions: [
    {
      role: "holder",
      processId: 4711,
      user: "app",
      application: "lockstep/0.1.0",
      address: "10.0.0.3",
      connectedAt: "2026-11-22T18:00:00.000000Z",
      since: "2026-11-22T18:00:01.000000Z",
      state: "idle in transaction",
      stateSince: "2026-11-22T18:04:00.000000Z",
      waitsFor: "Client: ClientRead",
      query: "SELECT 1",
      isSuperuser: false,
      isHidden: false,
    },
    {
      role: "worker",
      processId: 4712,
      user: "app",
      query: EVIL,
      runId: "6f0c",
      version: "003",
      isSuperuser: true,
      isHidden: false,
    },
    {
      role: "left_over",
      processId: 4800,
      isSuperuser: false,
      isHidden: true,
    },
  ],
  ended: [],
  warnings: [],
};

export const UNLOCKED: UnlockReport = {
  kind: "unlock",
  success: true,
  target: "app on localhost:5432",
  table: "public.schema_migrations",
  askedAt: "2026-11-22T18:04:02.000000Z",
  sessions: [],
  ended: [],
  warnings: [],
};

export const SICK: DoctorReport = {
  kind: "doctor",
  success: false,
  target: "app on localhost:5432",
  checks: [
    { check: "server", state: "ok", message: "PostgreSQL 18.4" },
    {
      check: "indexes",
      state: "warning",
      message: "1 index INVALID",
      details: [`public.a on ${EVIL}`],
      advice: "drop it, or build it again; it is of no use to anyone and " +
        "costs time at each write:",
      commands: ["DROP INDEX CONCURRENTLY public.a;"],
    },
    { check: "log", state: "problem", message: "the log was changed" },
    { check: "direct url", state: "skipped", message: "none is set" },
  ],
  warnings: [],
};

export const HEALTHY: DoctorReport = {
  kind: "doctor",
  success: true,
  target: "app on localhost:5432",
  checks: [{ check: "server", state: "ok", message: "PostgreSQL 18.4" }],
  warnings: [],
};

export const USAGE: ErrorReport = {
  kind: "error",
  success: false,
  warnings: [],
  error: new UsageError("unknown_command", "Cannot run", { hint: "help" }),
};

const ATTEMPT: LogEntry = {
  id: 3,
  runId: "b7c3",
  version: "002",
  name: EVIL,
  direction: "migrate",
  outcome: "applied",
  startedAt: "2026-11-22T18:03:58.000Z",
  finishedAt: "2026-11-22T18:04:00.000Z",
  durationMs: 2000,
  statements: 4,
  checksum: "0123",
  path: `migrations/${EVIL}`,
  databaseUser: "deploy",
  client: "deploy@app-1",
  toolVersion: "0.1.0",
};

/** The newest attempts, one of each outcome. */
export const HISTORY: HistoryReport = {
  kind: "history",
  success: true,
  target: "app on localhost:5432",
  entries: [
    { ...ATTEMPT, outcome: "something_newer" },
    {
      ...ATTEMPT,
      direction: "rollback",
      outcome: "rolled_back",
      reason: EVIL,
      clientAddress: "10.0.0.7",
    },
    ATTEMPT,
    {
      ...ATTEMPT,
      direction: "rollback",
      outcome: "failed",
      error: `${EVIL}\nmore`,
      sqlstate: "42P01",
      databaseUser: "owner",
    },
    { ...ATTEMPT, outcome: "partial", error: EVIL },
  ],
  warnings: [],
};

/** One report of every kind and shape, odd characters among them. */
export const CONFIG: ConfigReport = {
  kind: "config",
  success: true,
  file: `../${EVIL}.toml`,
  environment: EVIL,
  isProtected: true,
  environments: [EVIL, "staging"],
  settings: [
    {
      name: "table",
      value: EVIL,
      origin: { kind: "variable", name: "LOCKSTEP_TABLE" },
    },
    {
      name: "lock_timeout",
      value: "10m",
      origin: {
        kind: "file",
        name: "lock_timeout",
        environment: EVIL,
        location: { path: `../${EVIL}.toml`, line: 3, column: 1 },
      },
    },
    { name: "lock_key", value: 12345, origin: { kind: "default" } },
    { name: "quiet", value: true, origin: { kind: "flag", name: "--quiet" } },
    { name: "ignore", value: ["a", EVIL], origin: { kind: "default" } },
    { name: "direct_url", origin: { kind: "default" } },
  ],
  variables: [{
    name: "role",
    value: EVIL,
    isSecret: false,
    origin: { kind: "variable", name: EVIL },
  }],
  warnings: [WARNING],
};

export const REPORTS: readonly Report[] = [
  FAILED_RUN,
  EMPTY_RUN,
  ROLLBACK_RUN,
  PLAN,
  { ...PLAN, steps: [] },
  { ...PLAN, backup: BACKUP_DECISION },
  { ...ROLLBACK_RUN, backup: RUN_BACKUP },
  ...BACKUP_REPORTS,
  { ...PLAN, success: false, steps: [], error: FILE_ERROR },
  STATUS,
  { ...STATUS, versions: [] },
  HISTORY,
  { ...HISTORY, entries: [] },
  SICK,
  HEALTHY,
  {
    ...SICK,
    error: new ConnectionError("cannot_connect", "Cannot connect"),
  },
  LOCKED,
  UNLOCKED,
  { ...UNLOCKED, ended: LOCKED.sessions },
  ...REPAIR_REPORTS,
  CLEAN_LINT,
  BAD_LINT,
  ...ADOPT_REPORTS,
  ...SCHEMA_REPORTS,
  ...DRY_RUN_REPORTS,
  ...TEST_DATABASE_REPORTS,
  ...REHEARSAL_REPORTS,
  {
    kind: "create",
    success: true,
    version: "20261122180400",
    up: `migrations/${EVIL}`,
    down: "migrations/rollbacks/x_down.sql",
    warnings: [],
  },
  {
    kind: "create",
    success: false,
    warnings: [],
    error: new UsageError("file_exists", "Cannot create"),
  },
  {
    kind: "init",
    success: true,
    target: "app on localhost:5432",
    table: "public.schema_migrations",
    change: "completed",
    warnings: [],
  },
  {
    kind: "init",
    success: true,
    table: "public.schema_migrations",
    sql: "CREATE TABLE schema_migrations ();\n",
    warnings: [],
  },
  {
    kind: "init",
    success: false,
    table: "public.schema_migrations",
    warnings: [],
    error: new ConnectionError("cannot_connect", "Cannot connect"),
  },
  CONFIG,
  {
    kind: "version",
    success: true,
    version: "0.1.0",
    commit: "d98e2213",
    dependencies: ["pg@8.23.1"],
    runtime: "Deno 2.9.6",
    warnings: [],
  },
  { kind: "completions", success: true, text: "complete\n", warnings: [] },
  { kind: "help", success: true, text: "Usage: lockstep\n", warnings: [] },
  USAGE,
];
