import type { RehearsalStatus } from "../core/rehearsal/rehearsal_report.ts";
import { OBJECT_PARTS } from "../core/schema/schema_object.ts";
import {
  COUNT,
  DIRECTION,
  DURATION,
  envelope,
  ERROR,
  FLAG,
  list,
  MOMENT,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

const REHEARSAL_STATUSES: readonly RehearsalStatus[] = [
  "reversible",
  "irreversible",
  "no_rollback",
  "different",
  "failed",
  "not_run",
];

/** What differs between two schemas. */
const DIFFERENCE: Properties = {
  change: { enum: ["added", "removed", "changed"] },
  kind: TEXT,
  name: TEXT,
};
const DEFINITIONS: Properties = {
  differsIn: {
    ...list({ enum: OBJECT_PARTS }),
    description: "The parts that differ, when it was changed.",
  },
  expected: { type: "string", description: "Absent when it was added." },
  found: { type: "string", description: "Absent when it was removed." },
};

/** The documents of `schema dump`, `drift`, `rehearse` and `test-db`. */
export const SCHEMA_REPORTS: Properties = {
  schema: record({ ...envelope({ const: "schema" }), objects: COUNT }, {
    ...TARGET,
    ...ERROR,
    sql: { type: "string", description: "The script." },
    path: { type: "string", description: "The file that has it." },
  }),
  drift: record({
    ...envelope({ const: "drift" }),
    objects: COUNT,
    ignoredCount: COUNT,
    differences: list(record(DIFFERENCE, {
      ...DEFINITIONS,
      owner: { type: "string", description: "Of what was found." },
      changedAt: {
        ...MOMENT,
        description: "Where the server has track_commit_timestamp.",
      },
    })),
    findings: list(refer("finding")),
  }, {
    ...TARGET,
    ...ERROR,
    reference: {
      oneOf: [
        record({
          kind: { const: "snapshot" },
          id: COUNT,
          takenAt: MOMENT,
          runId: TEXT,
          client: TEXT,
        }, { reason: TEXT }),
        record({ kind: { const: "database" }, target: TEXT }),
        record({ kind: { const: "files" }, migrations: COUNT }),
      ],
    },
    isAccepted: { const: true },
    written: record({ version: TEXT, up: TEXT, down: TEXT }),
  }),
  testDatabase: record({
    ...envelope({ const: "test_database" }),
    action: { enum: ["create", "list", "drop"] },
  }, {
    ...ERROR,
    name: { type: "string", description: "Of the new database." },
    url: { type: "string", description: "Of the new database." },
    databases: list(record({
      name: TEXT,
      kind: { enum: ["test", "template"] },
      sessions: COUNT,
    }, { folder: { type: "string", description: "Of its migrations." } })),
    dropped: list(record({
      name: TEXT,
      status: { enum: ["dropped", "in_use", "not_there"] },
    })),
  }),
  rehearsal: record({
    ...envelope({ const: "rehearsal" }),
    scope: { enum: ["all", "pending"] },
    migrations: list(record({
      version: TEXT,
      name: TEXT,
      path: TEXT,
      status: { enum: REHEARSAL_STATUSES },
    }, { durationMs: DURATION })),
    differences: list(record({
      ...DIFFERENCE,
      of: { type: "string", description: "What it comes from, in words." },
      after: DIRECTION,
      isOnlyOrder: FLAG,
    }, { ...DEFINITIONS, version: TEXT, path: TEXT })),
    findings: list(refer("finding")),
  }, { ...TARGET, ...ERROR }),
};
