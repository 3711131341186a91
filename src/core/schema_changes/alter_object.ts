import type { SchemaObject } from "../schema/schema_object.ts";
import { alterRest, removeComments, revokeOld } from "./alter_grants.ts";
import { alterSequence } from "./alter_sequence.ts";
import { alterTable } from "./alter_table.ts";
import { alterType } from "./alter_type.ts";

/** How an object becomes another one. */
export type ObjectChange =
  | {
    readonly how: "in_place";
    readonly statements: readonly string[];
    /** What has to be said before anything is dropped. */
    readonly early: readonly string[];
    /** What can only be said when all others are there. */
    readonly late: readonly string[];
    /** Whether what uses its columns has to be made anew. */
    readonly isRetyped: boolean;
    /** Names of columns that are dropped and added. */
    readonly anew: readonly string[];
    /** Names of columns that are dropped with their data. */
    readonly lost: readonly string[];
    /** What has to be changed by hand, in words. */
    readonly unwritten: readonly string[];
  }
  /** Dropped and made again. */
  | { readonly how: "anew" };

/** The statements that alter an object, or that it has to be made anew. */
export function alterObject(
  old: SchemaObject,
  fresh: SchemaObject,
): ObjectChange {
  const { statements, ...change } = alterDefinition(old, fresh) ??
    { statements: undefined };
  if (statements === undefined) return { how: "anew" };
  return {
    how: "in_place",
    early: [],
    late: [],
    isRetyped: false,
    anew: [],
    lost: [],
    unwritten: [],
    ...change,
    statements: [
      ...revokeOld(old.parts.privileges, fresh.parts.privileges),
      ...removeComments(old.parts.comment, fresh.parts.comment),
      ...statements,
      ...alterRest(old, fresh, change.anew),
    ],
  };
}

interface DefinitionChange {
  readonly statements: readonly string[] | undefined;
  readonly early?: readonly string[];
  readonly late?: readonly string[];
  readonly isRetyped?: boolean;
  readonly anew?: readonly string[];
  readonly lost?: readonly string[];
  readonly unwritten?: readonly string[];
}

function alterDefinition(
  { kind, name, parts: old }: SchemaObject,
  { parts: fresh }: SchemaObject,
): DefinitionChange | undefined {
  const { create: before = "", late: oldLate } = old;
  const { create: after = "", late } = fresh;
  if (kind === "table") return alterTable(name, before, after);
  if (kind === "sequence") {
    const statements = alterSequence(name, before, after);
    if (statements === undefined) return undefined;
    if (oldLate === late) return { statements };
    // The table that it was of may be dropped, and would take it along.
    const early = oldLate === undefined
      ? []
      : [`ALTER SEQUENCE ${name} OWNED BY NONE;`];
    return { statements, early, late: late === undefined ? [] : [late] };
  }
  if (old.note !== fresh.note) return undefined;
  if (before === after && oldLate === late) return { statements: [] };
  return { statements: alterOther(kind, name, { before, after }) };
}

interface Definitions {
  readonly before: string;
  readonly after: string;
}

function alterOther(
  kind: string,
  name: string,
  { before, after }: Definitions,
): readonly string[] | undefined {
  switch (kind) {
    case "type":
      return alterType(name, before, after);
    case "function":
    case "procedure":
      return headOf(before) === headOf(after) ? [after] : undefined;
    case "extension":
      return alterExtension(name, { before, after });
    case "security label":
      return [after];
    case "constraint":
    case "index":
      // What is attached or not comes with its table.
      return withoutAttach(before) === withoutAttach(after) ? [] : undefined;
    default:
      return undefined;
  }
}

function withoutAttach(create: string): string {
  return create.replace(/\nALTER INDEX .+ ATTACH PARTITION .+;$/mu, "");
}

/** Parameters and result, which CREATE OR REPLACE cannot change. */
function headOf(create: string): string {
  return /^[^]*?(?=\n LANGUAGE )/u.exec(create)?.[0] ?? create;
}

function alterExtension(
  name: string,
  { before, after }: Definitions,
): readonly string[] {
  const [old, fresh] = [before, after].map((create) => {
    const [, schema = "", version = ""] = EXTENSION.exec(create) ?? [];
    return { schema, version };
  });
  if (old === undefined || fresh === undefined) return [];
  return [
    ...(old.version === fresh.version
      ? []
      : [`ALTER EXTENSION ${name} UPDATE TO ${fresh.version};`]),
    ...(old.schema === fresh.schema
      ? []
      : [`ALTER EXTENSION ${name} SET SCHEMA ${fresh.schema};`]),
  ];
}

const EXTENSION = / WITH SCHEMA (.+) VERSION ('(?:[^']|'')*');$/su;
