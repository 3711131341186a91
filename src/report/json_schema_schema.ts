import {
  COUNT,
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

/** The documents of `schema dump` and `drift`. */
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
    differences: list(record({
      change: { enum: ["added", "removed", "changed"] },
      kind: TEXT,
      name: TEXT,
    }, {
      expected: { type: "string", description: "Absent when it was added." },
      found: { type: "string", description: "Absent when it was removed." },
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
      ],
    },
    isAccepted: { const: true },
  }),
};
