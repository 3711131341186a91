import { relationOf } from "../backup/drop_statement.ts";
import { labelOfObject, type SchemaObject } from "../schema/schema_object.ts";
import { splitLastName } from "../sql/name_parts.ts";
import { alterColumn } from "./alter_column.ts";
import { undoDefaults } from "./default_grants.ts";
import type { LabelledObjects } from "./plan_changes.ts";
import { splitStatements } from "./split_statements.ts";
import { readTable } from "./table_shape.ts";

/** What is made, and what is there by then. */
export interface MakeContext {
  readonly old: LabelledObjects;
  readonly fresh: LabelledObjects;
  /** Labels of what is made. */
  readonly made: ReadonlySet<string>;
  /** The role that owns what it makes; as in SQL. */
  readonly role: string;
}

/** The statements that make a part of an object. */
export function makeStatements(
  object: SchemaObject,
  part: "early" | "main" | "late",
  context: MakeContext,
): readonly string[] {
  const { parts } = object;
  if (part !== "main") {
    return [parts[part]].filter((text) => text !== undefined);
  }
  const isOwn = parts.owner?.endsWith(` OWNER TO ${context.role};`) === true;
  const owner = isOwn ? undefined : parts.owner;
  const definition = definitionOf(object, context);
  const undone = definition.length === 0
    ? []
    : undoDefaults(object, context.old.objects.values(), context.role);
  const texts = [owner, parts.comment, ...undone, parts.privileges];
  return [...definition, ...texts.filter((text) => text !== undefined)];
}

function definitionOf(
  object: SchemaObject,
  context: MakeContext,
): readonly string[] {
  const { kind, parts: { create } } = object;
  if (create === undefined) return [];
  switch (kind) {
    case "materialized view":
      // In a migration it is filled, too.
      return [create.replace("\nWITH NO DATA;", ";")];
    case "table":
      return makePartition(object, context) ?? [create];
    case "constraint":
    case "index":
      return isMadeWithPartition(object, context) ? [] : [create];
    default:
      return [create];
  }
}

/**
 * A partition of a table that is there already, with the indexes and the
 * constraints of that table; undefined for any other table.
 */
function makePartition(
  { name, parts: { create = "" } }: SchemaObject,
  context: MakeContext,
): readonly string[] | undefined {
  const { fresh } = context;
  const attached = splitStatements(create).map((text) => ATTACH.exec(text))
    .find((found) => found !== null);
  const [statement = "", parent = "", child = "", bound = ""] = attached ?? [];
  const whole = fresh.objects.get(`table ${parent}`);
  const above = whole?.parts.create;
  if (attached === undefined || child !== name) return undefined;
  if (whole === undefined || above === undefined) return undefined;
  if (isMadeWhole(whole, context)) return undefined;
  const shape = readTable(create);
  const columns = new Map(
    readTable(above).columns.map((column) => [column.name, column]),
  );
  const head = create.slice(0, create.indexOf(" ("));
  const clauses = [...shape.clauses.values()].map((clause) => `\n${clause}`);
  return [
    `${head} PARTITION OF ${parent} ${bound}${clauses.join("")};`,
    ...shape.columns.flatMap((column) => {
      const inherited = columns.get(column.name);
      return inherited === undefined
        ? []
        : alterColumn(name, { ...inherited, identity: undefined }, column)
          .statements;
    }),
    ...shape.statements.filter((one) => one !== statement),
  ];
}

/** Whether its indexes and constraints come after its partitions. */
function isMadeWhole(table: SchemaObject, context: MakeContext): boolean {
  return context.made.has(labelOfObject(table)) &&
    makePartition(table, context) === undefined;
}

const ATTACH =
  /^ALTER TABLE ONLY (.+) ATTACH PARTITION (.+?) (FOR VALUES .+|DEFAULT);$/su;

/** It comes with its partition when that of the parent is there. */
function isMadeWithPartition(
  object: SchemaObject,
  context: MakeContext,
): boolean {
  const above = PART_OF.exec(object.parts.create ?? "")?.[1];
  const table = context.fresh.objects.get(`table ${relationOf(object)}`);
  if (above === undefined || table === undefined) return false;
  if (!context.made.has(labelOfObject(table))) return false;
  if (makePartition(table, context) === undefined) return false;
  return ![...context.made].some((label) => {
    const made = context.fresh.objects.get(label);
    return made !== undefined && indexOf(made) === above &&
      !isMadeWithPartition(made, context);
  });
}

const PART_OF = /^ALTER INDEX (.+) ATTACH PARTITION /mu;

/** The name of the index that such an object is or has. */
function indexOf(object: SchemaObject): string | undefined {
  if (object.kind !== "index" && object.kind !== "constraint") {
    return undefined;
  }
  const { head, last } = splitLastName(object.name);
  return `${splitLastName(head).head}.${last}`;
}
