import type { LintReport } from "../../../src/core/lint/lint_report.ts";
import { EVIL } from "./sample_errors.ts";

export const CLEAN_LINT: LintReport = {
  kind: "lint",
  success: true,
  files: 6,
  statements: 120,
  findings: [],
  suppressed: 1,
  warnings: [],
};

export const BAD_LINT: LintReport = {
  ...CLEAN_LINT,
  success: false,
  findings: [
    {
      severity: "error",
      code: "require-concurrent-index-creation",
      message: `CREATE INDEX stops writes to "${EVIL}" while it builds`,
      hint: "use CREATE INDEX CONCURRENTLY",
      location: {
        path: `migrations/001_${EVIL}.sql`,
        line: 3,
        column: 1,
        excerpt: "CREATE INDEX i ON t (a);",
      },
    },
    {
      severity: "info",
      code: "rollback-missing",
      message: "There is no way back",
      location: { path: "migrations/001_a.sql" },
    },
  ],
};
