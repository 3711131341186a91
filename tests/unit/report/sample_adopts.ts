import type {
  AdoptReport,
  BaselineReport,
} from "../../../src/core/adopt/adopt_report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

export const ADOPT_PLAN: AdoptReport = {
  kind: "adopt",
  success: true,
  status: "planned",
  target: "app on localhost:5432",
  tool: "sqlx",
  source: `db/${EVIL}`,
  historyTable: "public._sqlx_migrations",
  table: "lockstep.schema_migrations",
  checksum: "SHA-384",
  migrations: [
    {
      version: "0_a",
      name: "a",
      was: "0",
      state: "baseline",
      kind: "no_file",
      isRenumbered: false,
      check: "none",
      appliedAt: "2024-01-31T10:00:00+00:00",
    },
    {
      version: "001",
      name: `users_${EVIL}`,
      was: `1_${EVIL}.up.sql`,
      state: "applied",
      kind: "sql",
      isRenumbered: true,
      check: "same",
      transaction: "off",
      source: "db/1_users.up.sql",
      path: "migrations/001_users.sql",
      downPath: "migrations/rollbacks/001_users_down.sql",
    },
    {
      version: "002",
      name: "job",
      was: "2_job.js",
      state: "applied",
      kind: "program",
      isRenumbered: false,
      check: "none",
      source: "db/2_job.js",
      path: "migrations/002_job.sql",
    },
    {
      version: "003",
      name: "later",
      was: "3_later.sql",
      state: "pending",
      kind: "sql",
      isRenumbered: false,
      check: "none",
      source: "db/3_later.sql",
      path: "migrations/003_later.sql",
    },
  ],
  left: [{ path: `verify/${EVIL}.sql`, what: "a verify script" }],
  findings: [],
  forced: [],
  warnings: [WARNING],
};

export const ADOPTED: AdoptReport = {
  ...ADOPT_PLAN,
  status: "done",
  runId: "0192",
};

export const REFUSED_ADOPT: AdoptReport = {
  ...ADOPT_PLAN,
  success: false,
  findings: [{
    severity: "error",
    code: "checksum_mismatch",
    message: `"db/${EVIL}.sql" is not what sqlx applied`,
    hint: "restore the file",
    location: { path: `db/${EVIL}.sql` },
  }],
};

export const BASELINED: BaselineReport = {
  kind: "baseline",
  success: true,
  status: "done",
  target: "app on localhost:5432",
  runId: "0192",
  table: "public.schema_migrations",
  migrations: [{
    version: "001",
    name: `a_${EVIL}`,
    path: `migrations/001_a_${EVIL}.sql`,
  }],
  warnings: [],
};

/** Every shape of the two reports. */
export const ADOPT_REPORTS: readonly (AdoptReport | BaselineReport)[] = [
  ADOPT_PLAN,
  ADOPTED,
  REFUSED_ADOPT,
  { ...ADOPTED, forced: REFUSED_ADOPT.findings, status: "declined" },
  {
    kind: "adopt",
    success: false,
    status: "planned",
    tool: "goose",
    table: "public.schema_migrations",
    migrations: [],
    left: [],
    findings: [],
    forced: [],
    warnings: [],
    error: new ConnectionError("cannot_connect", "Cannot connect"),
  },
  BASELINED,
  { ...BASELINED, status: "planned", dumpBytes: 4096, warnings: [WARNING] },
  { ...BASELINED, status: "declined" },
  {
    ...BASELINED,
    success: false,
    migrations: [],
    status: "planned",
    error: new ConnectionError("outcome_unknown", "Cannot say"),
  },
];
