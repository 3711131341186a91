import { LOCK_MODES } from "../core/locks/lock_mode.ts";
import { TABLE_WORK } from "../core/locks/table_lock.ts";
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

/** The document of `lint`. */
export const LINT_REPORTS: Properties = {
  lint: record({
    ...envelope({ const: "lint" }),
    files: COUNT,
    statements: COUNT,
    findings: list(refer("finding")),
    suppressed: COUNT,
  }, {
    ...ERROR,
    ...TARGET,
    locks: {
      ...list(refer("statementLocks")),
      description: "Every statement in order, with --locks.",
    },
    fixes: list(refer("lintFix")),
    created: { ...list(TEXT), description: "Files that --fix has added." },
  }),
};

/** What the document of `lint` consists of. */
export const LINT_PARTS: Properties = {
  statementLocks: record({
    location: refer("location"),
    label: TEXT,
    repeats: { ...COUNT, description: "How many equal statements follow it." },
  }, {
    locks: {
      ...list(refer("tableLock")),
      description: "Absent where the statement does not tell.",
    },
    instead: { type: "string", description: "How to stop fewer." },
  }),
  lintFix: record({
    path: TEXT,
    line: { type: "integer", minimum: 1 },
    rule: TEXT,
    before: TEXT,
    after: TEXT,
  }),
  tableLock: record({
    table: {
      type: "string",
      description:
        "As the file names it, or in words where only the server knows it.",
    },
    mode: { enum: LOCK_MODES },
    stops: { enum: ["nothing", "writes", "reads and writes"] },
    work: {
      enum: TABLE_WORK,
      description: "What is done to all of its rows meanwhile.",
    },
    isWorkCertain: FLAG,
    isNew: {
      type: "boolean",
      description: "Whether the same file, or run, made it.",
    },
  }, { size: refer("tableSize") }),
  tableSize: record({
    sizeBytes: COUNT,
    writes: COUNT,
    scans: COUNT,
    isPartitioned: FLAG,
  }, {
    rows: { ...COUNT, description: "As estimated by the last ANALYZE." },
  }),
};
