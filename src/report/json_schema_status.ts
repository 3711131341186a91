import type { VersionState } from "../core/report.ts";
import {
  COUNT,
  DURATION,
  envelope,
  ERROR,
  list,
  MOMENT,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

/** What `status` prints. */
export const STATUS_REPORTS: Properties = {
  status: record({
    ...envelope({ const: "status" }),
    appliedMigrations: COUNT,
    pendingMigrations: COUNT,
    failedMigrations: COUNT,
    rolledBackMigrations: COUNT,
    states: refer("stateCounts"),
    withoutRollback: {
      ...COUNT,
      description: "Applied or pending versions that cannot be rolled back.",
    },
    versions: list(refer("version")),
  }, {
    ...TARGET,
    ...ERROR,
    lockHolder: refer("lockHolder"),
    isOnlyPending: {
      const: true,
      description: "With --pending: only what is to be done is listed.",
    },
    omittedVersions: {
      ...COUNT,
      description: "Older versions that --limit leaves out.",
    },
  }),
};

const STATES: readonly string[] = [
  "applied",
  "rolled_back",
  "failed",
  "partly_applied",
  "partly_rolled_back",
  "pending",
  "out_of_order",
  "changed",
  "missing",
  "baseline",
] satisfies readonly VersionState[];

/** What that document is made of. */
export const STATUS_PARTS: Properties = {
  stateCounts: {
    ...record({}, Object.fromEntries(STATES.map((state) => [state, COUNT]))),
    description: "How many versions are in each state, also those not listed.",
  },
  lockHolder: record({ processId: { type: "integer" } }, {
    user: TEXT,
    application: TEXT,
    address: { type: "string", description: "Absent for a local socket." },
    since: MOMENT,
  }),
  version: record({
    version: TEXT,
    name: TEXT,
    state: { enum: STATES },
    rollback: { enum: ["file", "kept", "none"] },
  }, {
    appliedAt: MOMENT,
    executionTimeMs: DURATION,
    rolledBackAt: MOMENT,
    rollbackReason: TEXT,
    error: TEXT,
    sqlstate: TEXT,
    errorAt: {
      ...MOMENT,
      description: "When the error was recorded, ISO 8601.",
    },
    failedRollback: {
      ...record({ error: TEXT, failedAt: MOMENT }, { sqlstate: TEXT }),
      description:
        "The last attempt, when it was a rollback that failed and was undone.",
    },
    client: {
      type: "string",
      description: "Who last did something with it, such as deploy@app-1.",
    },
    statementsDone: COUNT,
    path: TEXT,
  }),
};
