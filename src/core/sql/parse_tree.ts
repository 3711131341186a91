/**
 * What the grammar of PostgreSQL made of a statement: the kind of its node,
 * such as `IndexStmt`, and the fields, by the names of PostgreSQL's sources.
 */
export interface ParseTree {
  readonly kind: string;
  readonly fields: ParseFields;
}

/** The fields of a node; those with a default value are left out. */
export type ParseFields = Readonly<Record<string, unknown>>;

/** Parses a statement; undefined for what it does not know. */
export type ParseStatement = (sql: string) => ParseTree | undefined;

/** The first statement in what the parser answers. */
export function readParseResult(result: unknown): ParseTree | undefined {
  const [statement] = nodes(fieldsOf(result)["stmts"]);
  return statement === undefined ? undefined : readNode(statement["stmt"]);
}

/** A node, which is wrapped in an object whose one key is its kind. */
export function readNode(node: unknown): ParseTree | undefined {
  const entry = Object.entries(fieldsOf(node))[0];
  if (entry === undefined) return undefined;
  return { kind: entry[0], fields: fieldsOf(entry[1]) };
}

/** The nodes of a list, without their kinds when `kind` is given. */
export function nodes(list: unknown, kind?: string): readonly ParseFields[] {
  if (!Array.isArray(list)) return [];
  return list.map((item) =>
    kind === undefined ? fieldsOf(item) : fieldsOf(fieldsOf(item)[kind])
  );
}

/** A field that is text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The names in a list of string nodes. */
export function names(list: unknown): readonly string[] {
  return nodes(list, "String").map((node) => text(node["sval"]) ?? "");
}

/** The fields of an object; none for anything else. */
export function fieldsOf(value: unknown): ParseFields {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
