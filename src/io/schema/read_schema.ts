import type {
  Dependency,
  SchemaGraph,
} from "../../core/schema/order_objects.ts";
import {
  parseSchemaObject,
  type SchemaObject,
} from "../../core/schema/schema_object.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";
import { snapshotSql } from "./snapshot_sql.ts";
import dependenciesSql from "./sql/dependencies.sql" with { type: "text" };

/** Every object of the user in a database, in one round trip. */
export async function readSchema(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly SchemaObject[]> {
  const identified = await readIdentified(connection, names);
  return identified.map(({ object }) => object);
}

/** An object with its id, which means something in its database only. */
export interface IdentifiedObject {
  /** Class and oid, as in `1259.16384`. */
  readonly id: string;
  readonly object: SchemaObject;
}

/** The same with the ids. */
export async function readIdentified(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly IdentifiedObject[]> {
  const query = snapshotSql(names, connection.serverVersion);
  const answers = await connection.run(
    readingSql(`${WITHOUT_JIT}; ${query}`),
    { maxRows: Infinity },
  );
  return rowsOf(answers).map(({ id = "", line = "{}" }) => ({
    id,
    object: parseSchemaObject(line),
  }));
}

/** The same with what needs what, in one round trip. */
export async function readSchemaGraph(
  connection: Connection,
  names: TrackingNames,
): Promise<SchemaGraph> {
  const query = snapshotSql(names, connection.serverVersion);
  const answers = await connection.run(
    `${ONE_MOMENT}; ` +
      readingSql(`${WITHOUT_JIT}; ${query}; ${dependenciesSql}`),
    { maxRows: Infinity },
  );
  const links = rowsOf(answers).map((
    { item = "", needed = "", link },
  ) => ({ item, needed, link }));
  const objects = new Map<string, SchemaObject>();
  const labels: Dependency[] = [];
  for (const { id = "", line = "{}" } of rowsOf(answers.slice(0, -1))) {
    const object = parseSchemaObject(line);
    if (object.kind !== "security label") {
      objects.set(id, object);
      continue;
    }
    // It has the id of what it labels.
    const item = `${id} label ${labels.length}`;
    objects.set(item, object);
    labels.push({ item, needed: id });
  }
  return {
    objects,
    needs: [...links.filter(({ link }) => link === "needs"), ...labels],
    parts: links.filter(({ link }) => link === "part"),
  };
}

/** It takes longer to compile the query than to run it. */
export const WITHOUT_JIT = "SET LOCAL jit = off";

const ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
