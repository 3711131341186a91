import { BACKUP_PARTS, BACKUP_REPORTS } from "./json_schema_backup.ts";
import { ADOPT_PARTS, ADOPT_REPORTS } from "./json_schema_adopt.ts";
import { DRY_RUN_REPORTS } from "./json_schema_dry_run.ts";
import { LINT_PARTS, LINT_REPORTS } from "./json_schema_lint.ts";
import { REPAIR_PARTS, REPAIR_REPORTS } from "./json_schema_repair.ts";
import { SCHEMA_REPORTS } from "./json_schema_schema.ts";
import { SERVER_PARTS, SERVER_REPORTS } from "./json_schema_server.ts";
import { STATUS_PARTS, STATUS_REPORTS } from "./json_schema_status.ts";
import { EVENT_PARTS, EVENTS } from "./json_schema_events.ts";
import {
  COUNT,
  DIRECTION,
  DURATION,
  envelope,
  ERROR,
  FLAG,
  type JsonSchema,
  list,
  MOMENT,
  type Properties,
  record,
  refer,
  TARGET,
  TEXT,
} from "./json_schema_words.ts";

export type { JsonSchema };

/** The schema of what `--json` prints, and each line of `--output jsonl`. */
export function reportSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What lockstep prints with --json, and each line of --output jsonl",
    oneOf: [...Object.keys(REPORTS), ...Object.keys(EVENTS)].map(refer),
    $defs: { ...REPORTS, ...EVENTS, ...PARTS },
  };
}

const REPORTS: Properties = {
  run: record({
    ...envelope(DIRECTION),
    migrationsApplied: COUNT,
    migrationsRolledBack: COUNT,
    steps: list(refer("step")),
    forced: list(refer("finding")),
  }, { ...TARGET, ...ERROR, runId: TEXT, backup: refer("runBackup") }),
  plan: record({
    ...envelope({ const: "plan" }),
    direction: DIRECTION,
    steps: list(refer("plannedStep")),
    forced: list(refer("finding")),
  }, { ...TARGET, ...ERROR, backup: refer("backupDecision") }),
  history: record({
    ...envelope({ const: "history" }),
    entries: list(refer("logEntry")),
  }, { ...TARGET, ...ERROR }),
  ...DRY_RUN_REPORTS,
  ...REPAIR_REPORTS,
  ...LINT_REPORTS,
  ...BACKUP_REPORTS,
  ...ADOPT_REPORTS,
  ...SCHEMA_REPORTS,
  create: record(envelope({ const: "create" }), {
    ...ERROR,
    version: TEXT,
    up: { type: "string", description: "The path of the migration." },
    down: { type: "string", description: "The path of its rollback." },
  }),
  init: record({ ...envelope({ const: "init" }), table: TEXT }, {
    ...TARGET,
    ...ERROR,
    change: { enum: ["created", "completed", "none"] },
    sql: { type: "string", description: "The statements, with --sql." },
  }),
  split: {
    ...record({
      ...envelope({ const: "split" }),
      path: TEXT,
      statementCount: COUNT,
    }, ERROR),
    description: "Printed only with an error: else `sql split` prints a list.",
  },
  config: record({
    ...envelope({ const: "config" }, { const: true }),
    isProtected: FLAG,
    environments: list(TEXT),
    settings: list(refer("setting")),
    variables: list(refer("variable")),
  }, {
    file: { type: "string", description: "The configuration file." },
    environment: TEXT,
  }),
  versionOfTool: record({
    ...envelope({ const: "version" }, { const: true }),
    version: TEXT,
    runtime: TEXT,
    dependencies: {
      type: "array",
      items: TEXT,
      description: "The packages in the executable, such as pg@8.23.1.",
    },
  }, {
    commit: {
      type: "string",
      description: "The commit that the executable was made from.",
    },
  }),
  help: record({
    ...envelope({ const: "help" }, { const: true }),
    text: TEXT,
  }),
  completions: record({
    ...envelope({ const: "completions" }, { const: true }),
    text: TEXT,
  }),
  failure: {
    ...record({
      ...envelope({ const: "error" }, { const: false }),
      error: refer("error"),
    }),
    description: "The command could not begin.",
  },
  ...STATUS_REPORTS,
  ...SERVER_REPORTS,
};

const LOCATION = record({ path: TEXT }, {
  line: { type: "integer", minimum: 1 },
  column: {
    type: "integer",
    minimum: 1,
    description: "In code points.",
  },
  excerpt: { type: "string", description: "The text of the line." },
});

const SERVER_MESSAGE = record({
  severity: TEXT,
  sqlstate: TEXT,
  message: TEXT,
}, {
  detail: TEXT,
  hint: TEXT,
  where: TEXT,
  position: COUNT,
  internalPosition: COUNT,
  internalQuery: TEXT,
  schema: TEXT,
  table: TEXT,
  column: TEXT,
  dataType: TEXT,
  constraint: TEXT,
});

const ERROR_PART = record({
  code: { type: "string", description: "A word that is never renamed." },
  message: TEXT,
  exit: TEXT,
  exitCode: { type: "integer" },
}, {
  hint: TEXT,
  location: refer("location"),
  server: refer("serverMessage"),
  others: list(refer("error")),
});

const PARTS: Properties = {
  location: LOCATION,
  serverMessage: SERVER_MESSAGE,
  error: ERROR_PART,
  finding: record({
    severity: { enum: ["error", "warning", "info"] },
    code: TEXT,
    message: TEXT,
  }, { hint: TEXT, location: refer("location"), version: TEXT }),
  setting: record({ name: TEXT, origin: refer("origin") }, {
    value: {
      anyOf: [TEXT, { type: "integer" }, FLAG, list(TEXT)],
      description: "As it would be written; absent when it is not set.",
    },
  }),
  variable: record({
    name: TEXT,
    value: TEXT,
    isSecret: FLAG,
    origin: refer("origin"),
  }),
  origin: record({ kind: { enum: ["flag", "variable", "file", "default"] } }, {
    name: { type: "string", description: "The flag, the variable or the key." },
    environment: { type: "string", description: "Whose section it is." },
    location: refer("location"),
  }),
  ...LINT_PARTS,
  ...REPAIR_PARTS,
  ...BACKUP_PARTS,
  ...ADOPT_PARTS,
  step: record({
    direction: DIRECTION,
    version: TEXT,
    name: TEXT,
    path: TEXT,
    status: { enum: ["done", "failed", "partial", "unknown", "not_run"] },
  }, { durationMs: DURATION, statements: COUNT, isFromKeptCopy: FLAG }),
  logEntry: record({
    id: COUNT,
    runId: TEXT,
    version: TEXT,
    name: TEXT,
    direction: {
      enum: [
        "migrate",
        "rollback",
        "repair",
        "backup",
        "restore",
        "adopt",
        "baseline",
        "drift",
      ],
    },
    outcome: {
      type: "string",
      description:
        "Such as applied, rolled_back, failed or partial; of a repair the action.",
    },
    startedAt: MOMENT,
    finishedAt: MOMENT,
    durationMs: DURATION,
    statements: COUNT,
    checksum: TEXT,
    path: TEXT,
    databaseUser: TEXT,
    client: TEXT,
    toolVersion: TEXT,
  }, {
    reason: TEXT,
    error: TEXT,
    sqlstate: TEXT,
    clientAddress: TEXT,
  }),
  plannedStep: record({
    direction: DIRECTION,
    version: TEXT,
    name: TEXT,
    path: TEXT,
    isFromKeptCopy: FLAG,
    segments: list(refer("plannedSegment")),
  }, { resumedAt: COUNT }),
  plannedSegment: record({
    mode: { enum: ["transactional", "non_transactional"] },
    statementCount: COUNT,
  }, {
    reason: TEXT,
    firstLine: { type: "integer", minimum: 1 },
    lastLine: { type: "integer", minimum: 1 },
    statements: {
      ...list(record({ line: { type: "integer", minimum: 1 }, sql: TEXT }, {
        lines: {
          ...list({ type: ["integer", "null"] }),
          description:
            "The line of the file of each line of the SQL, null within the value of a variable; absent where they count on from `line`.",
        },
      })),
      description: "With their SQL: in a dry run, and with `plan --sql`.",
    },
    omitted: COUNT,
  }),
  ...STATUS_PARTS,
  ...EVENT_PARTS,
  ...SERVER_PARTS,
};
