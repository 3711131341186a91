import type { DriftReport } from "../../../src/core/schema/drift_report.ts";
import type { SchemaReport } from "../../../src/core/schema/schema_report.ts";
import { ConnectionError, HistoryError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

export const DUMPED: SchemaReport = {
  kind: "schema",
  success: true,
  target: "app on localhost:5432",
  objects: 2,
  sql: "CREATE TABLE public.a (\n    id integer\n);\n",
  warnings: [],
};

export const NO_DRIFT: DriftReport = {
  kind: "drift",
  success: true,
  target: "app on localhost:5432",
  reference: {
    kind: "snapshot",
    id: 3,
    takenAt: "2026-11-22T18:04:00.000Z",
    runId: "0192",
    client: "deploy@app-1",
  },
  objects: 2,
  ignoredCount: 0,
  differences: [],
  findings: [],
  warnings: [],
};

export const DRIFT: DriftReport = {
  ...NO_DRIFT,
  success: false,
  differences: [
    {
      change: "changed",
      kind: "table",
      name: "public.a",
      differsIn: ["create"],
      expected: "CREATE TABLE public.a (\n    id integer\n);",
      found: `CREATE TABLE public.a (\n    id bigint -- ${EVIL}\n);`,
    },
    {
      change: "changed",
      kind: "view",
      name: EVIL,
      differsIn: ["comment"],
      expected: "VIEW v;\nCOMMENT ON VIEW v IS 'a';",
      found: "VIEW v;\nCOMMENT ON VIEW v IS 'b';",
    },
    { change: "added", kind: "index", name: EVIL, found: `INDEX ${EVIL};` },
    { change: "removed", kind: "view", name: "v", expected: "VIEW v;" },
  ],
  findings: [{
    severity: "error",
    code: "object_changed",
    message: `The table ${EVIL} is not as expected`,
  }],
};

/** Every shape of the reports on schemas. */
export const SCHEMA_REPORTS: readonly (SchemaReport | DriftReport)[] = [
  NO_DRIFT,
  DRIFT,
  {
    ...DRIFT,
    reference: { kind: "database", target: "other on localhost:5432" },
    ignoredCount: 2,
  },
  { ...DRIFT, success: true, isAccepted: true, findings: [] },
  {
    ...NO_DRIFT,
    success: false,
    error: new HistoryError("no_snapshot", "Cannot look for drift"),
  },
  DUMPED,
  {
    kind: "schema",
    success: true,
    target: "app on localhost:5432",
    objects: 1,
    path: `schemas/${EVIL}.sql`,
    warnings: [WARNING],
  },
  {
    kind: "schema",
    success: false,
    objects: 0,
    warnings: [],
    error: new ConnectionError("cannot_connect", "Cannot connect"),
  },
];
