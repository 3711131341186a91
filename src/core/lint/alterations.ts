import {
  fieldsOf,
  names,
  nodes,
  type ParseFields,
  type ParseTree,
  readNode,
  text,
} from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";

/** One of the commands of an ALTER TABLE. */
export interface Alteration {
  readonly table: QualifiedName;
  /** Such as `AT_AddColumn`. */
  readonly subtype: string;
  /** The column or constraint that it is about, where it names one. */
  readonly name: string | undefined;
  /** The fields of what it defines: a column, a constraint, a partition. */
  readonly def: ParseFields;
  /** Where it stands, in bytes, if the grammar tells. */
  readonly at: unknown;
}

/** The commands of an ALTER TABLE; none for any other statement. */
export function alterationsOf(tree: ParseTree): readonly Alteration[] {
  const { kind, fields } = tree;
  if (kind !== "AlterTableStmt" || fields["objtype"] !== "OBJECT_TABLE") {
    return [];
  }
  const table = relationName(fields["relation"]);
  return nodes(fields["cmds"], "AlterTableCmd").map((command) => {
    const def = readNode(command["def"])?.fields ?? {};
    return {
      table,
      subtype: text(command["subtype"]) ?? "",
      name: text(command["name"]),
      def,
      at: def["location"],
    };
  });
}

/** The constraints of a kind that an ALTER TABLE adds to the table. */
export function addedConstraints(
  tree: ParseTree,
  contype: string,
): readonly Alteration[] {
  return alterationsOf(tree).filter(({ subtype, def }) =>
    subtype === "AT_AddConstraint" && def["contype"] === contype
  );
}

/** The name in a relation of a parse tree. */
export function relationName(relation: unknown): QualifiedName {
  const { schemaname, relname } = fieldsOf(relation);
  const schema = text(schemaname);
  const name = text(relname) ?? "";
  return schema === undefined ? { name } : { schema, name };
}

/** The name in a list of its parts. */
export function nameIn(list: unknown): QualifiedName {
  const path = names(list);
  const name = path.at(-1) ?? "";
  const schema = path.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

/** The column that an expression is, if it is one. */
export function columnOf(expression: unknown): string | undefined {
  const node = readNode(expression);
  return node?.kind === "ColumnRef"
    ? names(node.fields["fields"]).at(-1)
    : undefined;
}

/** A constraint of a column definition. */
export function constraintOf(
  column: ParseFields,
  contype: string,
): ParseFields | undefined {
  return nodes(column["constraints"], "Constraint")
    .find((constraint) => constraint["contype"] === contype);
}

/** The last part of the name of a type, such as `int4`. */
export function typeOf(column: ParseFields): string {
  return names(fieldsOf(column["typeName"])["names"]).at(-1) ?? "";
}

/** A name as a message shows it, in quotes. */
export function shown({ schema, name }: QualifiedName): string {
  return schema === undefined ? `"${name}"` : `"${schema}.${name}"`;
}
