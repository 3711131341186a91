import {
  COUNT,
  DIRECTION,
  DURATION,
  envelope,
  ERROR,
  type JsonSchema,
  list,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

const RELATION: Properties = {
  name: { type: "string", description: "With its schema." },
  kind: { type: "string", description: "Such as table or index." },
};

const WAL: JsonSchema = {
  ...COUNT,
  description: "What the whole server wrote meanwhile, others included.",
};

const STATEMENT = record({
  line: { type: "integer", minimum: 1 },
  sql: { type: "string", description: "Its beginning, in one line." },
  status: { enum: ["done", "failed", "skipped"] },
  locks: {
    ...list(record({
      ...RELATION,
      mode: { type: "string", description: "Such as ACCESS EXCLUSIVE." },
    })),
    description:
      "The strongest on each relation that was there before, where it is stronger than that of earlier statements.",
  },
  rewritten: {
    ...list(record(RELATION)),
    description: "What was written anew as a whole.",
  },
  notices: list(refer("notice")),
}, {
  reason: { type: "string", description: "Why it was skipped." },
  durationMs: DURATION,
  rows: COUNT,
  walBytes: WAL,
  omittedLocks: COUNT,
});

/** The document of a run with `--dry-run=execute`. */
export const DRY_RUN_REPORTS: Properties = {
  dryRun: record({
    ...envelope({ const: "dry_run" }),
    direction: DIRECTION,
    steps: list(record({
      direction: DIRECTION,
      version: TEXT,
      name: TEXT,
      path: TEXT,
      status: { enum: ["done", "failed", "not_run"] },
      statements: list(STATEMENT),
      omitted: {
        ...COUNT,
        description: "How many more statements were done than are listed.",
      },
      skipped: COUNT,
    }, {
      durationMs: DURATION,
      isFromKeptCopy: { const: true },
      omittedNotices: COUNT,
    })),
    sequences: {
      ...list(record({ name: TEXT }, { from: TEXT, to: TEXT })),
      description: "Those that went on, which ROLLBACK does not undo.",
    },
    forced: list(refer("finding")),
  }, { ...TARGET, ...ERROR, walBytes: WAL }),
};
