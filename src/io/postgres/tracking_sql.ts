import trackingFunction from "./sql/tracking_function.sql" with {
  type: "text",
};
import trackingLog from "./sql/tracking_log.sql" with { type: "text" };
import trackingRollbacks from "./sql/tracking_rollbacks.sql" with {
  type: "text",
};
import trackingTable from "./sql/tracking_table.sql" with { type: "text" };
import trackingView from "./sql/tracking_view.sql" with { type: "text" };
import { maskValue } from "../../core/config/mask.ts";
import { showName } from "../../core/display.ts";
import {
  parseQualifiedName,
  quoteIdentifier,
  quoteLiteral,
} from "../../core/sql/quote.ts";
import { ConfigError } from "../../errors.ts";

/** The quoted, schema-qualified names of the tracking objects. */
export interface TrackingNames {
  readonly schema: string;
  readonly table: string;
  readonly log: string;
  readonly rollbacks: string;
  readonly snapshots: string;
  readonly view: string;
  readonly function: string;
}

/** One object of the tracking tables and the statements that make it. */
export interface TrackingObject {
  readonly name: keyof TrackingNames;
  readonly ddl: string;
}

/**
 * The names that belong to a tracking table such as `public.schema_migrations`.
 * A table without a schema is in `public`, so that a change of search_path
 * never hides the history.
 */
export function trackingNames(table: string): TrackingNames {
  const parsed = parseQualifiedName(table);
  if (parsed === undefined) throw invalidTable(table);
  if (Buffer.byteLength(parsed.name) > MAX_NAME_BYTES) throw longTable(table);
  const { schema = "public", name } = parsed;
  const isDefault = name === "schema_migrations";
  const qualify = (object: string) =>
    `${quoteIdentifier(schema)}.${quoteIdentifier(object)}`;
  return {
    schema: quoteIdentifier(schema),
    table: qualify(name),
    log: qualify(`${name}_log`),
    rollbacks: qualify(`${name}_rollbacks`),
    snapshots: qualify(`${name}_snapshots`),
    view: qualify(isDefault ? "migration_status_view" : `${name}_status_view`),
    function: qualify(
      isDefault ? "get_migration_status" : `get_${name}_status`,
    ),
  };
}

/** The names as strings of SQL, for `{table_text}` and its like. */
export function namesAsText(names: TrackingNames): Record<string, string> {
  return {
    schema_text: quoteLiteral(names.schema),
    table_text: quoteLiteral(names.table),
    log_text: quoteLiteral(names.log),
    rollbacks_text: quoteLiteral(names.rollbacks),
    view_text: quoteLiteral(names.view),
    function_text: quoteLiteral(`${names.function}()`),
  };
}

/** The statements that make the tracking objects, in order. */
export function trackingObjects(
  names: TrackingNames,
): readonly TrackingObject[] {
  return [
    { name: "table", ddl: fillIn(trackingTable, names) },
    { name: "log", ddl: fillIn(trackingLog, names) },
    { name: "rollbacks", ddl: fillIn(trackingRollbacks, names) },
    { name: "view", ddl: fillIn(trackingView, names) },
    { name: "function", ddl: fillIn(trackingFunction, names) },
  ];
}

/** An identifier has 63 bytes, and the longest name adds "_status_view". */
const MAX_NAME_BYTES = 63 - "_status_view".length;

function longTable(table: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use "${
      showName(maskValue(table))
    }" as the tracking table as its name has ` +
      `more than ${MAX_NAME_BYTES} bytes`,
    { hint: "give --table a shorter name" },
  );
}

function invalidTable(table: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use "${
      showName(maskValue(table))
    }" as the tracking table as it is no name`,
    { hint: "write it as --table name or --table schema.name" },
  );
}

/** Puts names, and other SQL, in the place of their `{words}`. */
export function fillIn(
  sql: string,
  words: Readonly<Record<string, string>> | TrackingNames,
): string {
  const entries = new Map(Object.entries(words));
  return sql.replaceAll(
    /\{([a-z_]+)\}/g,
    (whole, word: string) => entries.get(word) ?? whole,
  );
}
