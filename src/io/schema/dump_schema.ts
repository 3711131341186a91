import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { SchemaReport } from "../../core/schema/schema_report.ts";
import { writeSchema } from "../../core/schema/write_schema.ts";
import { ConfigError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import { describeTarget } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import { readSchemaGraph } from "./read_schema.ts";

/** Writes the schema as SQL, to a file if one is named. */
export async function dumpSchema(
  target: Target,
  path: string | undefined,
): Promise<SchemaReport> {
  let description: string | undefined;
  try {
    await using connection = await target.connect();
    description = describeTarget(connection.target);
    const graph = await readSchemaGraph(connection, target.names);
    const { sql, objectCount, findings } = writeSchema(graph);
    if (path !== undefined) writeScript(path, sql, target);
    return {
      kind: "schema",
      success: true,
      target: description,
      objects: objectCount,
      ...(path === undefined ? { sql } : { path }),
      warnings: [...await connectionFindings(target), ...findings],
    };
  } catch (failure) {
    const error = requireKnown(failure);
    return {
      kind: "schema",
      success: false,
      ...(description !== undefined && { target: description }),
      objects: 0,
      warnings: [],
      error,
    };
  }
}

function writeScript(path: string, sql: string, { settings }: Target): void {
  try {
    writeFileSync(resolve(settings.cwd, path), sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      "unwritable_directory",
      `Cannot write the schema to "${path}" as the system says: ${reason}`,
      { hint: "name a file in a folder that can be written to", cause },
    );
  }
}
