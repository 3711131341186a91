import { fieldsOf, nodes, text } from "../../core/sql/parse_tree.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { loadGrammar } from "../grammar.ts";
import type { Connection } from "./connection.ts";

/** What became of the statement that an earlier attempt stopped in. */
export type Settlement = "done" | "run";

/**
 * Finds out whether a statement outside a transaction took effect before its
 * run ended, and clears away what it left half-made: a concurrent index build
 * that failed leaves an INVALID index behind.
 */
export async function settleInDoubt(
  connection: Connection,
  statement: Statement,
): Promise<Settlement> {
  const tree = (await loadGrammar()).parse(statement.text);
  if (tree?.kind === "IndexStmt" && tree.fields["concurrent"] === true) {
    return await settleCreateIndex(connection, {
      index: text(tree.fields["idxname"]),
      ...relationOf(tree.fields["relation"]),
    });
  }
  if (tree?.kind === "DropStmt" && tree.fields["concurrent"] === true) {
    const [name] = nodes(tree.fields["objects"]);
    const parts = nodes(fieldsOf(name?.["List"])["items"], "String")
      .map((part) => text(part["sval"]) ?? "");
    return await settleDropIndex(connection, parts);
  }
  return "run";
}

interface IndexName {
  /** Absent when the server chooses the name. */
  readonly index: string | undefined;
  /** Quoted, with its schema if the statement names one. */
  readonly table: string;
}

function relationOf(relation: unknown): { readonly table: string } {
  const fields = fieldsOf(relation);
  const parts = [text(fields["schemaname"]), text(fields["relname"])];
  return {
    table: parts.filter((part) => part !== undefined)
      .map((part) => quoteIdentifier(part)).join("."),
  };
}

async function settleCreateIndex(
  connection: Connection,
  { index, table }: IndexName,
): Promise<Settlement> {
  if (index === undefined) return "run";
  const [answer] = await connection.run(
    "SELECT i.indisvalid, i.indexrelid::regclass::text " +
      "FROM pg_catalog.pg_index i " +
      "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid " +
      `WHERE i.indrelid = to_regclass(${quoteLiteral(table)}) ` +
      `AND c.relname = ${quoteLiteral(index)}`,
  );
  const [isValid, name] = answer?.rows[0] ?? [];
  if (isValid === undefined || name === undefined) return "run";
  if (isValid === "t") return "done";
  await connection.run(`DROP INDEX CONCURRENTLY ${name}`);
  return "run";
}

async function settleDropIndex(
  connection: Connection,
  parts: readonly string[],
): Promise<Settlement> {
  const name = parts.map((part) => quoteIdentifier(part)).join(".");
  const [answer] = await connection.run(
    `SELECT to_regclass(${quoteLiteral(name)}) IS NULL`,
  );
  return answer?.rows[0]?.[0] === "t" ? "done" : "run";
}
