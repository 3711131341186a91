import {
  COUNT,
  envelope,
  ERROR,
  FLAG,
  list,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

const STATUS = { enum: ["planned", "done", "declined"] };

/** The documents of `adopt` and `baseline`. */
export const ADOPT_REPORTS: Properties = {
  adopt: record({
    ...envelope({ const: "adopt" }),
    status: STATUS,
    tool: TEXT,
    table: TEXT,
    migrations: list(refer("adoptedMigration")),
    left: {
      ...list(record({ path: TEXT, what: TEXT })),
      description: "Files that are not taken over.",
    },
    findings: {
      ...list(refer("finding")),
      description: "What stops it.",
    },
    forced: list(refer("finding")),
  }, {
    ...TARGET,
    ...ERROR,
    runId: TEXT,
    source: TEXT,
    historyTable: TEXT,
    checksum: {
      type: "string",
      description: "What the other tool keeps of each file, such as CRC-32.",
    },
  }),
  baseline: record({
    ...envelope({ const: "baseline" }),
    status: STATUS,
    table: TEXT,
    migrations: list(record({ version: TEXT, name: TEXT, path: TEXT })),
  }, {
    ...TARGET,
    ...ERROR,
    runId: TEXT,
    dumpBytes: COUNT,
  }),
};

/** What they consist of. */
export const ADOPT_PARTS: Properties = {
  adoptedMigration: record({
    version: TEXT,
    name: TEXT,
    was: { type: "string", description: "What the other tool calls it." },
    state: { enum: ["applied", "pending", "baseline"] },
    kind: { enum: ["sql", "program", "no_file"] },
    isRenumbered: FLAG,
    check: { enum: ["same", "changed", "none"] },
  }, {
    appliedAt: {
      type: "string",
      description: "As the other history has it.",
    },
    transaction: { const: "off" },
    source: TEXT,
    path: TEXT,
    downPath: TEXT,
  }),
};
