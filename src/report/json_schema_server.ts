import {
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

/** What `doctor` and `unlock` print, which is about the server. */
export const SERVER_REPORTS: Properties = {
  doctor: record({
    ...envelope({ const: "doctor" }),
    checks: list(refer("check")),
  }, { ...TARGET, ...ERROR }),
  unlock: record({
    ...envelope({ const: "unlock" }),
    table: TEXT,
    sessions: list(refer("lockSession")),
    ended: list(refer("lockSession")),
  }, { ...TARGET, ...ERROR, askedAt: MOMENT }),
};

/** What these documents are made of. */
export const SERVER_PARTS: Properties = {
  check: record({
    check: TEXT,
    state: { enum: ["ok", "warning", "problem", "skipped"] },
    message: TEXT,
  }, {
    details: list(TEXT),
    advice: { type: "string", description: "What to do." },
    commands: {
      ...list(TEXT),
      description: "Statements or commands that do it.",
    },
  }),
  lockSession: record({
    role: { enum: ["holder", "worker", "left_over"] },
    processId: { type: "integer" },
    isSuperuser: FLAG,
    isHidden: {
      type: "boolean",
      description: "Whether the server hides from the role what it does.",
    },
  }, {
    user: TEXT,
    application: TEXT,
    address: { type: "string", description: "Absent for a local socket." },
    connectedAt: MOMENT,
    since: { ...MOMENT, description: "Start of its transaction, ISO 8601." },
    state: TEXT,
    stateSince: MOMENT,
    waitsFor: TEXT,
    query: { type: "string", description: "The first line." },
    runId: TEXT,
    version: TEXT,
  }),
};
