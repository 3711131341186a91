import type { SchemaReport } from "../../../src/core/schema/schema_report.ts";
import { ConnectionError } from "../../../src/errors.ts";
import { EVIL, WARNING } from "./sample_errors.ts";

export const DUMPED: SchemaReport = {
  kind: "schema",
  success: true,
  target: "app on localhost:5432",
  objects: 2,
  sql: "CREATE TABLE public.a (\n    id integer\n);\n",
  warnings: [],
};

/** Every shape of the reports on schemas. */
export const SCHEMA_REPORTS: readonly SchemaReport[] = [
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
