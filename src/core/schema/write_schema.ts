import type { Finding } from "../finding.ts";
import { orderObjects, type SchemaGraph } from "./order_objects.ts";
import type { OrderedPart } from "./order_objects.ts";
import { labelOfObject, noteLine, type SchemaObject } from "./schema_object.ts";

/** A schema as a script. */
export interface WrittenSchema {
  readonly sql: string;
  /** The same in pieces, which can be sent one after the other. */
  readonly blocks: readonly string[];
  readonly objectCount: number;
  /** What loading the script does not make as it is. */
  readonly findings: readonly Finding[];
}

/** Writes a schema as SQL, one block an object, each behind what it needs. */
export function writeSchema(graph: SchemaGraph): WrittenSchema {
  const { parts, circular } = orderObjects(graph);
  const objects = [...graph.objects.values()];
  const written = parts.map(writePart).filter((block) => block !== "");
  const blocks = [PREAMBLE, ...withoutPublic(objects), ...written];
  return {
    sql: blocks.join("\n"),
    blocks,
    objectCount: objects.length,
    findings: [...findUnwritten(objects), ...findCircular(circular)],
  };
}

/**
 * What a session must be like: names are written with their schemas, and the
 * bodies of functions may name what comes later.
 */
const PREAMBLE = `-- Written by "lockstep schema dump".
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = off;
SET client_min_messages = warning;
SET default_tablespace = '';
SET default_table_access_method = heap;
SELECT pg_catalog.set_config('search_path', '', FALSE);
`;

/** An empty database has it. */
function withoutPublic(objects: readonly SchemaObject[]): readonly string[] {
  const hasPublic = objects.some(({ kind, name }) =>
    kind === "schema" && name === "public"
  );
  return hasPublic ? [] : ["DROP SCHEMA IF EXISTS public;\n"];
}

function writePart({ object, part }: OrderedPart): string {
  const head = `-- ${labelOfObject(object).replace(/\s+/g, " ")}`;
  const { create, early, late, note, owner, comment, privileges } =
    object.parts;
  // Nothing can be said of what is only told of.
  const isMade = note === undefined || create !== undefined;
  const said = isMade ? [owner, comment, privileges] : [];
  const texts = part === "main"
    ? [noteLine(note), create, ...said]
    : [part === "early" ? early : late];
  const body = texts.filter((text) => text !== undefined);
  return body.length === 0 ? "" : `${head}\n${body.join("\n")}\n`;
}

function findUnwritten(objects: readonly SchemaObject[]): readonly Finding[] {
  return objects.flatMap((object) => {
    const { note } = object.parts;
    if (note === undefined) return [];
    return [{
      severity: "warning" as const,
      code: "not_written",
      message: `Of the ${labelOfObject(object)}: ${note}`,
    }];
  });
}

function findCircular(objects: readonly SchemaObject[]): readonly Finding[] {
  if (objects.length === 0) return [];
  const names = objects.map((object) => `"${labelOfObject(object)}"`);
  return [{
    severity: "warning",
    code: "circular_objects",
    message: "There is no order in which these can be made, as they need " +
      `each other: ${names.join(", ")}`,
    hint: "change the order by hand before loading the file",
  }];
}
