import type { RunEvent } from "../core/outcome.ts";
import { SCHEMA_VERSION } from "./json.ts";
import {
  COUNT,
  DURATION,
  FLAG,
  type JsonSchema,
  list,
  MOMENT,
  type Properties,
  record,
  refer,
  TEXT,
} from "./json_schema_words.ts";

function eventTable(): readonly (readonly [string, Fields])[] {
  return Object.entries(FIELDS);
}

function event(
  word: string,
  { required = {}, optional = {} }: Fields,
): JsonSchema {
  return record({
    schemaVersion: { const: SCHEMA_VERSION },
    type: { const: "event" },
    time: MOMENT,
    event: { const: word },
    ...required,
  }, optional);
}

interface Fields {
  readonly required?: Properties;
  readonly optional?: Properties;
}

const STEP: Properties = { step: refer("eventStep") };
const HOLDER: Fields = { optional: { holder: refer("lockHolder") } };

/** What each event tells, besides its time. */
const FIELDS: Readonly<Record<RunEvent["type"], Fields>> = {
  server_waiting: { required: { server: TEXT, reason: TEXT } },
  lock_waiting: HOLDER,
  runner_waiting: HOLDER,
  backup_started: { optional: { reason: TEXT } },
  restore_started: { required: { path: TEXT, target: TEXT } },
  backup_finished: { required: { file: refer("backupFile") } },
  run_started: {
    required: { steps: list(refer("eventStep")) },
    optional: {
      isRehearsal: {
        const: true,
        description: "Set when it takes place in a throwaway database.",
      },
      isDryRun: {
        const: true,
        description: "Set when all of it is rolled back.",
      },
    },
  },
  step_started: {
    required: {
      ...STEP,
      number: { ...COUNT, description: "Counts from 1." },
      of: COUNT,
    },
    optional: {
      resumedAt: {
        ...COUNT,
        description: "The first statement to run, from 0, of a resumed step.",
      },
    },
  },
  notice: { required: { ...STEP, notice: refer("notice") } },
  notices_dropped: { required: { ...STEP, dropped: COUNT } },
  rows: {
    required: {
      ...STEP,
      fields: list(TEXT),
      rows: list(list({ type: ["string", "null"] })),
      isTruncated: FLAG,
    },
  },
  step_retrying: {
    required: {
      ...STEP,
      attempt: { ...COUNT, description: "Counts from 1." },
      pauseMs: DURATION,
      error: refer("error"),
    },
  },
  blocked: { required: { ...STEP, blockage: refer("blockage") } },
  unblocked: { required: { ...STEP, waitedMs: DURATION } },
  working: {
    required: {
      ...STEP,
      statement: { type: "string", description: "Its first line." },
      elapsedMs: DURATION,
    },
    optional: { phase: refer("phase") },
  },
  step_finished: { required: { outcome: refer("step") } },
  cancelling: { required: { signal: TEXT } },
};

/** The lines of `--output jsonl` before the last, which is a report. */
export const EVENTS: Properties = {
  event: {
    oneOf: eventTable().map(([word, fields]) => event(word, fields)),
    description: "With --output jsonl: something that happens in a run.",
  },
};

/** What events are made of. */
export const EVENT_PARTS: Properties = {
  eventStep: record({
    direction: { enum: ["migrate", "rollback"] },
    version: TEXT,
    name: TEXT,
    path: TEXT,
  }),
  notice: record({ severity: TEXT, message: TEXT }, {
    detail: TEXT,
    hint: TEXT,
    location: refer("location"),
  }),
  awaitedLock: record({ kind: TEXT, mode: TEXT }, { relation: TEXT }),
  blockage: record({
    awaits: refer("awaitedLock"),
    waitedMs: DURATION,
    blockers: list(refer("blocker")),
    omitted: COUNT,
  }),
  blocker: record({
    kind: { enum: ["session", "autovacuum", "prepared"] },
    details: { enum: ["seen", "hidden"] },
    blockers: list(refer("blocker")),
  }, {
    processId: { type: "integer" },
    preparedAs: TEXT,
    user: TEXT,
    application: TEXT,
    address: { type: "string", description: "Absent for a local socket." },
    state: TEXT,
    transactionMs: DURATION,
    query: { type: "string", description: "The first line." },
    awaits: refer("awaitedLock"),
    isRepeated: { const: true },
  }),
  phase: record({ command: TEXT }, {
    name: TEXT,
    relation: TEXT,
    index: TEXT,
    amount: record({
      done: COUNT,
      unit: { enum: ["block", "row", "byte", "session", "index", "item"] },
    }, { total: COUNT }),
    percent: { type: "number", minimum: 0, maximum: 100 },
    rows: COUNT,
  }),
};
