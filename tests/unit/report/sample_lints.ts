import type { LintReport } from "../../../src/core/lint/lint_report.ts";
import type {
  ShownLock,
  StatementLocks,
} from "../../../src/core/locks/script_locks.ts";
import { EVIL } from "./sample_errors.ts";

const LOCK: ShownLock = {
  table: "t",
  mode: "ACCESS EXCLUSIVE",
  stops: "reads and writes",
  work: "none",
  isWorkCertain: true,
  isNew: false,
};

function statement(
  line: number,
  label: string,
  more: Partial<StatementLocks>,
): StatementLocks {
  const location = { path: "migrations/001_a.sql", line, column: 1 };
  return { location, label, repeats: 0, ...more };
}

export const LOCKS: readonly StatementLocks[] = [
  statement(3, "CREATE INDEX i", {
    locks: [{ ...LOCK, mode: "SHARE", stops: "writes", work: "index" }],
    instead: "use CREATE INDEX CONCURRENTLY",
  }),
  statement(4, "INSERT INTO t", {
    repeats: 2,
    locks: [{ ...LOCK, mode: "ROW EXCLUSIVE", stops: "nothing" }],
  }),
  statement(7, "ALTER TABLE u", {
    locks: [
      { ...LOCK, table: "u", work: "rewrite", isWorkCertain: false },
      {
        ...LOCK,
        table: "v",
        size: {
          sizeBytes: 4096,
          rows: 7,
          writes: 1,
          scans: 2,
          isPartitioned: false,
        },
      },
      { ...LOCK, table: "w", stops: "nothing", isNew: true },
    ],
  }),
  statement(8, "SET a", { locks: [] }),
  {
    ...statement(1, "DO", {}),
    location: { path: "migrations/002_b.sql", line: 1, column: 1 },
  },
];

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
  fixes: [{
    path: `migrations/001_${EVIL}.sql`,
    line: 3,
    rule: "require-concurrent-index-creation",
    before: `CREATE INDEX "${EVIL}" ON t (a)`,
    after: `CREATE INDEX CONCURRENTLY "${EVIL}" ON t (a)`,
  }],
  created: [`migrations/2_${EVIL}.sql`],
  target: 'database "app" on localhost:5432',
  locks: LOCKS,
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
