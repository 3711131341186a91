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

const SHA256 = { type: "string", pattern: "^[0-9a-f]{64}$" };

const FILE: Properties = {
  path: TEXT,
  sha256: SHA256,
  sizeBytes: COUNT,
  method: { enum: ["pg_dump", "copy"] },
  restoreCommand: {
    type: "string",
    description: "The command that brings it back, for a shell.",
  },
};

const TOOL: Properties = { pgDumpVersion: TEXT };

/** What `backup` and `restore` print. */
export const BACKUP_REPORTS: Properties = {
  backup: record(envelope({ const: "backup" }), {
    ...TARGET,
    ...ERROR,
    ...FILE,
    ...TOOL,
    runId: TEXT,
  }),
  restore: record(envelope({ const: "restore" }), {
    ...TARGET,
    ...ERROR,
    status: { enum: ["done", "proposed", "declined"] },
    runId: TEXT,
    path: TEXT,
    sha256: SHA256,
    sizeBytes: COUNT,
    checksum: { enum: ["confirmed", "unknown"] },
    database: { type: "string", description: "What it was made of." },
    createdAt: {
      type: "string",
      description: "When it was made, as pg_dump or the server writes it.",
    },
    serverVersion: TEXT,
    tables: COUNT,
  }),
};

/** What these documents, and those of runs and plans, are made of. */
export const BACKUP_PARTS: Properties = {
  backupFile: record(FILE, TOOL),
  runBackup: record({ ...FILE, reason: TEXT }, TOOL),
  backupDecision: record({
    decision: { enum: ["made", "not_needed", "off"] },
    reason: TEXT,
    causes: {
      ...list(refer("lossCause")),
      description: "The statements that destroy data, the first ones of many.",
    },
  }),
  lossCause: record({
    version: TEXT,
    path: TEXT,
    line: { type: "integer", minimum: 0 },
    statement: TEXT,
    lost: {
      ...list(TEXT),
      description: "Tables and sequences with data; empty: any may be.",
    },
  }),
};
