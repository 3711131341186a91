import { names, type ParseFields, text } from "../sql/parse_tree.ts";
import type { ParseTree } from "../sql/parse_tree.ts";
import { quoteIdentifier, quoteQualifiedName } from "../sql/quote.ts";
import { type Token, tokenize } from "../sql/tokens.ts";
import { type Alteration, alterationsOf } from "./alterations.ts";

/** How a statement is written so that it stops fewer. */
export interface Fix {
  /** The statement that takes its place. */
  readonly text: string;
  /** Statements for a migration that follows, and for its rollback. */
  readonly later?: { readonly up: string; readonly down: string };
  /** A statement for the end of the rollback of its own migration. */
  readonly undo?: string;
}

/** A statement of a file, as it is written there. */
export interface WrittenStatement {
  readonly tree: ParseTree;
  readonly text: string;
}

/** The safe form that a rule asks for; undefined where a person has to decide. */
export function fixStatement(
  rule: string,
  statement: WrittenStatement,
): Fix | undefined {
  switch (rule) {
    case "require-concurrent-index-creation":
      return fixIndex(statement);
    case "adding-foreign-key-constraint":
    case "constraint-missing-not-valid":
      return fixConstraint(statement);
    case "adding-not-nullable-field":
      return fixNotNull(statement);
    default:
      return undefined;
  }
}

/** One without a name could not be found again after a failed attempt. */
function fixIndex({ tree, text: sql }: WrittenStatement): Fix | undefined {
  if (tree.fields["idxname"] === undefined) return undefined;
  const index = findWord(sql, ["index"]);
  return index === undefined
    ? undefined
    : { text: insertAfter(sql, index, " CONCURRENTLY") };
}

function fixConstraint({ tree, text: sql }: WrittenStatement): Fix | undefined {
  const alteration = onlyAlteration(tree);
  if (alteration?.subtype !== "AT_AddConstraint") return undefined;
  const named = nameConstraint(sql, alteration);
  if (named === undefined) return undefined;
  const table = quoteQualifiedName(alteration.table);
  const constraint = quoteIdentifier(named.name);
  const fixed = `${named.sql} NOT VALID`;
  return {
    text: fixed,
    later: {
      up: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`,
      down: `ALTER TABLE ${table} DROP CONSTRAINT ${constraint};\n${fixed};`,
    },
  };
}

/** The name that the server would give to a foreign key is written down. */
function nameConstraint(
  sql: string,
  { table, def }: Alteration,
): { readonly sql: string; readonly name: string } | undefined {
  const name = text(def["conname"]);
  if (name !== undefined) return { sql, name };
  const columns = names(def["fk_attrs"]);
  if (columns.length === 0) return undefined;
  const made = fitting([table.name, ...columns, "fkey"].join("_"));
  const add = findWord(sql, ["add", "foreign"]);
  if (made === undefined || add === undefined) return undefined;
  const written = ` CONSTRAINT ${quoteIdentifier(made)}`;
  return { sql: insertAfter(sql, add, written), name: made };
}

function fixNotNull({ tree, text: sql }: WrittenStatement): Fix | undefined {
  const alteration = onlyAlteration(tree);
  const column = alteration?.name;
  if (alteration?.subtype !== "AT_SetNotNull" || column === undefined) {
    return undefined;
  }
  const name = fitting(`${alteration.table.name}_${column}_not_null`);
  // A comment inside of it would be lost.
  if (name === undefined || /--|\/\*/.test(sql)) return undefined;
  const table = quoteQualifiedName(alteration.table);
  const quoted = quoteIdentifier(column);
  const check = quoteIdentifier(name);
  const add = `ALTER TABLE ${table} ADD CONSTRAINT ${check} ` +
    `CHECK (${quoted} IS NOT NULL) NOT VALID`;
  return {
    text: add,
    later: {
      up: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${check};\n` +
        `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET NOT NULL;\n` +
        `ALTER TABLE ${table} DROP CONSTRAINT ${check};`,
      down: `ALTER TABLE ${table} ALTER COLUMN ${quoted} DROP NOT NULL;\n` +
        `${add};`,
    },
    undo: `ALTER TABLE IF EXISTS ${table} DROP CONSTRAINT IF EXISTS ${check};`,
  };
}

/** What stands in one ALTER TABLE with other commands is parted by hand. */
function onlyAlteration(tree: ParseTree): Alteration | undefined {
  const [only, ...others] = alterationsOf(tree);
  const relation = tree.fields["relation"] as ParseFields | undefined;
  return others.length === 0 && relation?.["inh"] === true ? only : undefined;
}

/** Names of more than 63 bytes are cut off by the server. */
function fitting(name: string): string | undefined {
  return new TextEncoder().encode(name).length <= 63 ? name : undefined;
}

/** The first of words that stand in a row. */
function findWord(
  sql: string,
  words: readonly string[],
): Token | undefined {
  const tokens = [...tokenize(sql)];
  return tokens.find((_, at) =>
    words.every((word, offset) => tokens[at + offset]?.word === word)
  );
}

function insertAfter(sql: string, { index, text }: Token, written: string) {
  const at = index + text.length;
  return sql.slice(0, at) + written + sql.slice(at);
}
