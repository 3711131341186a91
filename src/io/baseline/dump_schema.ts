import { cleanDump } from "../../core/baseline/clean_dump.ts";
import { parseQualifiedName } from "../../core/sql/quote.ts";
import { requireProgram } from "../backup/pg_programs.ts";
import { requireDirect } from "../backup/require_direct.ts";
import { runTool } from "../backup/run_tool.ts";
import type { Connection } from "../postgres/connection.ts";
import type { Target } from "../postgres/target.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";

/** The schema of a database as the text of a migration. */
export interface SchemaDump {
  readonly sql: string;
  /** Such as `pg_dump 18.4`. */
  readonly program: string;
}

/**
 * Writes down the schema of a database, without its data and without what is
 * ours, so that it can be made again in an empty one.
 *
 * @throws {ConfigError} If there is no pg_dump that serves, or a pooler.
 * @throws {ExecutionError} If pg_dump does not come to a good end.
 */
export async function dumpSchema(
  target: Target,
  connection: Connection,
): Promise<SchemaDump> {
  await requireDirect(connection);
  const major = Math.trunc(connection.serverVersion / 10_000);
  const [program, env] = await Promise.all([
    requireProgram("pg_dump", target.settings, major),
    target.libpqEnvironment(connection),
  ]);
  const { names, signal } = target;
  const dump = await runTool(program, argumentsFor(names), {
    env,
    signal,
    code: "dump_failed",
    action: "Cannot dump the schema",
  });
  const [schema, status] = [
    parseQualifiedName(names.table)?.schema ?? "public",
    parseQualifiedName(names.function) ?? { name: "" },
  ];
  return {
    sql: cleanDump(dump, { schema, function: status }),
    program: `pg_dump ${program.version}`,
  };
}

/**
 * Other servers may lack the owners and the tablespaces, and a subscription
 * holds a password.
 */
const OPTIONS: readonly string[] = [
  "--schema-only",
  "--no-owner",
  "--no-password",
  "--no-tablespaces",
  "--no-subscriptions",
  "--encoding=UTF8",
];

function argumentsFor(names: TrackingNames): readonly string[] {
  const excluded = [
    names.table,
    names.log,
    names.rollbacks,
    names.snapshots,
    names.view,
  ];
  const sequences = [names.table, names.log, names.snapshots]
    .map((table) => table.replace(/"$/, '_id_seq"'));
  return [
    ...OPTIONS,
    ...[...excluded, ...sequences].map((name) => `--exclude-table=${name}`),
  ];
}
