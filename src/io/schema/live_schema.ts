import type {
  SchemaComparison,
  SchemaState,
} from "../../core/schema/compare_schemas.ts";
import { labelOfObject } from "../../core/schema/schema_object.ts";
import type { Connection } from "../postgres/connection.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";
import { type IdentifiedObject, readIdentified } from "./read_schema.ts";
import { traceChanges } from "./trace_changes.ts";

/** A schema that is there, with the ids of its objects by their labels. */
export interface LiveSchema extends SchemaState {
  readonly ids: ReadonlyMap<string, string>;
}

/** Reads it, in one round trip. */
export async function readLive(
  connection: Connection,
  names: TrackingNames,
): Promise<LiveSchema> {
  return stateOf(await readIdentified(connection, names), connection);
}

/** The same of objects that were read already. */
export function stateOf(
  identified: readonly IdentifiedObject[],
  { serverVersion }: Connection,
): LiveSchema {
  return {
    objects: identified.map(({ object }) => object),
    ids: new Map(
      identified.map(({ id, object }) => [labelOfObject(object), id]),
    ),
    serverVersion,
  };
}

/** Who owns what is there, and since when it is so, as far as that is known. */
export async function trace(
  connection: Connection,
  { differences, ignoredCount }: SchemaComparison,
  { ids }: Pick<LiveSchema, "ids">,
): Promise<SchemaComparison> {
  const traced = await traceChanges(connection, differences, ids);
  return { differences: traced, ignoredCount };
}
