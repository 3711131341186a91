/** The statements that make an object, by what they are for. */
export interface ObjectParts {
  /** Makes it, and sets what only ALTER can set. */
  readonly create?: string;
  /** A first, empty form for what is needed to make it. */
  readonly early?: string;
  /** What can only be said when others are there. */
  readonly late?: string;
  /** What no statement says: in words, in one line. */
  readonly note?: string;
  readonly owner?: string;
  readonly comment?: string;
  readonly privileges?: string;
}

/** A part of an object that is compared. */
export type ObjectPart = Exclude<keyof ObjectParts, "early">;

/** An object of a schema, such as a table with its columns. */
export interface SchemaObject {
  /** Such as `materialized view`. */
  readonly kind: string;
  /** With its schema, quoted as in SQL where it has to be. */
  readonly name: string;
  readonly parts: ObjectParts;
}

/** An object as one line of JSON, as the server writes it. */
export function parseSchemaObject(line: string): SchemaObject {
  const { kind, name, parts } = JSON.parse(line);
  return { kind, name, parts };
}

/** A schema, one object a line, as it is stored. */
export function parseSchema(text: string): readonly SchemaObject[] {
  return text.split("\n").filter((line) => line !== "").map(parseSchemaObject);
}

/** Such as `table shop.goods`. */
export function labelOfObject({ kind, name }: SchemaObject): string {
  return `${kind} ${name}`;
}

/** All that is known of an object, as SQL with notes. */
export function definitionOf({ parts }: SchemaObject): string {
  return OBJECT_PARTS
    .map((part) => part === "note" ? noteLine(parts.note) : parts[part])
    .filter((part) => part !== undefined).join("\n");
}

/** The parts in which two forms of an object are not the same. */
export function partsThatDiffer(
  { parts: old }: SchemaObject,
  { parts: fresh }: SchemaObject,
): readonly ObjectPart[] {
  return OBJECT_PARTS.filter((part) => old[part] !== fresh[part]);
}

/** A note as a comment of SQL. */
export function noteLine(note: string | undefined): string | undefined {
  return note === undefined ? undefined : `-- ${note.replace(/\s+/g, " ")}`;
}

/** In the order in which they are shown. */
export const OBJECT_PARTS: readonly ObjectPart[] = [
  "create",
  "late",
  "note",
  "owner",
  "comment",
  "privileges",
];
