import {
  fieldsOf,
  names,
  nodes,
  type ParseFields,
  type ParseTree,
  text,
} from "../../sql/parse_tree.ts";
import { constraintOf, typeOf } from "../alterations.ts";
import { columnsIn } from "../schema_so_far.ts";
import type { LintSeverity, Problem, Rule } from "../rule.ts";
import type { StatementContext } from "../rule.ts";

/** Types that turn out to be a mistake later. */
export const TYPE_RULES: readonly Rule[] = [
  typeRule({
    name: "prefer-bigint-over-int",
    severity: "info",
    summary: "A primary key or serial column of four bytes or less.",
    why:
      "Its numbers end at 2,147,483,647, and then nothing can be inserted; a wider type rewrites the table.",
    instead: "use bigint",
    bad: "CREATE TABLE users (id int PRIMARY KEY);",
    good: "CREATE TABLE users (id bigint PRIMARY KEY);",
    squawk: "prefer-bigint-over-int",
  }, (column, keys) => {
    const type = typeOf(column);
    if (/^(?:small)?serial[24]?$/.test(type)) return true;
    return /^int[24]$/.test(type) &&
      (constraintOf(column, "CONSTR_PRIMARY") !== undefined ||
        constraintOf(column, "CONSTR_IDENTITY") !== undefined ||
        keys.includes(text(column["colname"]) ?? ""));
  }),
  typeRule({
    name: "prefer-identity",
    severity: "info",
    summary: "A serial column.",
    why:
      "Its sequence has its own owner and privileges, and any value can be inserted past it.",
    instead: "use bigint GENERATED ALWAYS AS IDENTITY",
    bad: "CREATE TABLE users (id bigserial PRIMARY KEY);",
    good:
      "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
    squawk: "prefer-identity",
  }, (column) => /^(?:small|big)?serial[248]?$/.test(typeOf(column))),
  typeRule({
    name: "prefer-timestamptz",
    severity: "warning",
    summary: "timestamp without time zone.",
    why:
      "It does not say which moment it is: that depends on what each program takes its zone for.",
    instead: "use timestamptz, which stores a moment in the same eight bytes",
    bad: "CREATE TABLE orders (placed timestamp);",
    good: "CREATE TABLE orders (placed timestamptz);",
    squawk: "prefer-timestamptz",
  }, (column) => typeOf(column) === "timestamp"),
  typeRule({
    name: "ban-char-field",
    severity: "warning",
    summary: "char(n).",
    why:
      "Values are padded with spaces, which count in some comparisons and not in others; it saves nothing.",
    instead: "use text, with a CHECK on its length if it matters",
    bad: "CREATE TABLE users (country char(2));",
    good: "CREATE TABLE users (country text);",
    squawk: "ban-char-field",
  }, (column) => typeOf(column) === "bpchar"),
  typeRule({
    name: "prefer-text-field",
    severity: "info",
    summary: "varchar(n).",
    why:
      "A shorter limit later rewrites the table, and every change of it locks it; text is as fast.",
    instead: "use text, with a CHECK on its length if it matters",
    bad: "CREATE TABLE users (name varchar(50));",
    good: "CREATE TABLE users (name text CHECK (length(name) <= 50));",
    squawk: "prefer-text-field",
  }, (column) =>
    typeOf(column) === "varchar" &&
    nodes(fieldsOf(column["typeName"])["typmods"]).length > 0),
  typeRule({
    name: "prefer-jsonb",
    severity: "warning",
    summary: "A json column.",
    why:
      "json has no equality, so that SELECT DISTINCT, GROUP BY and UNION over it fail, and cannot be indexed.",
    instead: "use jsonb",
    bad: "CREATE TABLE events (body json);",
    good: "CREATE TABLE events (body jsonb);",
  }, (column) => typeOf(column) === "json"),
  typeRule({
    name: "ban-money-field",
    severity: "warning",
    summary: "A money column.",
    why:
      "What a value means depends on lc_monetary of the session that reads it, and it has no currency.",
    instead: "use numeric, with the currency in a column of its own",
    bad: "CREATE TABLE orders (price money);",
    good: "CREATE TABLE orders (price numeric(12, 2));",
  }, (column) => typeOf(column) === "money"),
];

interface TypeRule {
  readonly name: string;
  readonly severity: LintSeverity;
  readonly summary: string;
  readonly why: string;
  readonly instead: string;
  readonly bad: string;
  readonly good: string;
  readonly squawk?: string;
}

function typeRule(
  rule: TypeRule,
  isBad: (column: ParseFields, keys: readonly string[]) => boolean,
): Rule {
  return {
    ...rule,
    files: "migrations",
    checkStatement: ({ statement }: StatementContext): readonly Problem[] =>
      columnsIn(statement.tree)
        .filter(({ column }) => isBad(column, keyColumns(statement.tree)))
        .map(({ column }) => ({
          message: `The column "${column["colname"]}" is ${
            writtenType(column)
          }`,
          at: column["location"],
        })),
  };
}

/** The columns of a primary key that stands beside them. */
function keyColumns({ fields }: ParseTree): readonly string[] {
  return nodes(fields["tableElts"], "Constraint")
    .filter(({ contype }) => contype === "CONSTR_PRIMARY")
    .flatMap(({ keys }) => names(keys));
}

/** The grammar gives some types the names of its catalog. */
function writtenType(column: ParseFields): string {
  const type = typeOf(column);
  return TYPE_NAMES[type] ?? type;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  bpchar: "char",
  int2: "smallint",
  int4: "int",
  timestamp: "timestamp without time zone",
};
