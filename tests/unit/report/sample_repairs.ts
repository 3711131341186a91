import type {
  RepairReport,
  VerifyReport,
} from "../../../src/core/repair/repair_report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

export const CLEAN_VERIFY: VerifyReport = {
  kind: "verify",
  success: true,
  target: "app on localhost:5432",
  migrations: 1,
  rows: 2,
  findings: [],
  warnings: [],
};

export const BAD_VERIFY: VerifyReport = {
  ...CLEAN_VERIFY,
  success: false,
  findings: [
    {
      severity: "error",
      code: "checksum_mismatch",
      message: `"migrations/001_${EVIL}.sql" changed`,
      hint: 'accept it with "lockstep repair 001"',
      location: { path: `migrations/001_${EVIL}.sql` },
      version: "001",
    },
    { ...WARNING, version: "002" },
  ],
};

export const EMPTY_REPAIR: RepairReport = {
  kind: "repair",
  success: true,
  target: "app on localhost:5432",
  changes: [],
  findings: [],
  warnings: [],
};

export const REPAIR: RepairReport = {
  ...EMPTY_REPAIR,
  runId: "0192",
  changes: [
    {
      action: "accept_checksum",
      version: "001",
      name: "a",
      message: `accept "migrations/001_${EVIL}.sql" as it is now`,
      why: [`"migrations/001_${EVIL}.sql" changed`],
      values: [
        { column: "checksum", from: "a".repeat(64), to: "b".repeat(64) },
        { column: "name", from: EVIL, to: "x".repeat(200) },
      ],
      status: "done",
    },
    {
      action: "mark_applied",
      version: "002",
      name: "b",
      message: 'mark "002_b" as applied',
      values: [{ column: "error", from: "boom" }],
      status: "declined",
    },
    {
      action: "remove_row",
      version: "003",
      name: "c",
      message: 'remove the failed row of "003_c"',
      values: [],
      status: "obsolete",
    },
  ],
  findings: BAD_VERIFY.findings,
};

/** Every shape of the two reports. */
export const REPAIR_REPORTS: readonly (VerifyReport | RepairReport)[] = [
  CLEAN_VERIFY,
  BAD_VERIFY,
  {
    ...CLEAN_VERIFY,
    success: false,
    error: new ConnectionError("cannot_connect", "Cannot connect"),
  },
  EMPTY_REPAIR,
  REPAIR,
  {
    ...REPAIR,
    changes: REPAIR.changes.map((change) => ({
      ...change,
      status: "proposed",
    })),
  },
  {
    ...REPAIR,
    success: false,
    changes: REPAIR.changes.map((change) => ({ ...change, status: "unknown" })),
    error: new ConnectionError("connection_lost", "Cannot say"),
  },
];
