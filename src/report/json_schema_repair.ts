import {
  COUNT,
  envelope,
  ERROR,
  list,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

/** The documents of `verify` and `repair`. */
export const REPAIR_REPORTS: Properties = {
  verify: record({
    ...envelope({ const: "verify" }),
    migrations: COUNT,
    rows: COUNT,
    findings: list(refer("finding")),
  }, { ...TARGET, ...ERROR }),
  repair: record({
    ...envelope({ const: "repair" }),
    changes: list(refer("repairChange")),
    findings: {
      ...list(refer("finding")),
      description: "What needs a look after the changes.",
    },
  }, { ...TARGET, ...ERROR, runId: TEXT, backup: refer("runBackup") }),
};

/** What they consist of. */
export const REPAIR_PARTS: Properties = {
  repairChange: record({
    action: {
      enum: [
        "accept_checksum",
        "adopt_file",
        "complete_row",
        "mark_applied",
        "mark_not_applied",
        "remove_row",
        "retry",
      ],
    },
    version: TEXT,
    name: TEXT,
    message: TEXT,
    values: {
      ...list(record({ column: TEXT }, { from: TEXT, to: TEXT })),
      description: "Columns of the tracking table; NULL is absent.",
    },
    status: { enum: ["done", "proposed", "declined", "obsolete", "unknown"] },
  }, {
    why: { ...list(TEXT), description: "The findings that it settles." },
  }),
};
