import type { TestDatabaseReport } from "../../../src/core/testing/test_database_report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

const NAME = "lockstep_test_0123456789abcdef_0123456789ab";

export const MADE_TEST_DATABASE: TestDatabaseReport = {
  kind: "test_database",
  action: "create",
  success: true,
  name: NAME,
  url: `postgres://app@localhost:5432/${NAME}`,
  warnings: [],
};

/** Every shape of the report of `test-db`. */
export const TEST_DATABASE_REPORTS: readonly TestDatabaseReport[] = [
  MADE_TEST_DATABASE,
  {
    kind: "test_database",
    action: "list",
    success: true,
    databases: [
      {
        name: "lockstep_template_0",
        kind: "template",
        folder: EVIL,
        sessions: 0,
      },
      { name: `lockstep_test_${EVIL}`, kind: "test", sessions: 2 },
    ],
    warnings: [WARNING],
  },
  {
    kind: "test_database",
    action: "drop",
    success: true,
    dropped: [
      { name: "lockstep_test_0", status: "dropped" },
      { name: `lockstep_test_${EVIL}`, status: "in_use" },
      { name: "lockstep_test_2", status: "not_there" },
    ],
    warnings: [],
  },
  {
    kind: "test_database",
    action: "create",
    success: false,
    warnings: [],
    error: new ConnectionError("cannot_connect", `Cannot connect as ${EVIL}`),
  },
];
