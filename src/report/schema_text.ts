import type { SchemaReport } from "../core/schema/schema_report.ts";
import { count, showText } from "./layout.ts";

/** The script itself, or where it is. */
export function renderSchema(report: SchemaReport): string {
  if (report.sql !== undefined) return report.sql;
  if (report.path === undefined) return "";
  return `${describeSchema(report)}\n`;
}

/** What was written, in one line. */
export function describeSchema({ objects, path }: SchemaReport): string {
  const where = path === undefined ? "" : ` to ${showText(path)}`;
  return `Wrote ${count(objects, "object")}${where}.`;
}
