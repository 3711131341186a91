import {
  fieldsOf,
  nodes,
  type ParseFields,
  type ParseTree,
  readNode,
  text,
} from "../../core/sql/parse_tree.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { loadGrammar } from "../grammar.ts";
import { OPERATOR } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";

/** Whether the effect of a statement is there. */
export type Settlement = "done" | "run";

/** How a statement is settled. */
export interface Settling {
  readonly connection: Connection;
  /** The comment that tells whose statement it is. */
  readonly mark: string;
  /** Whether the statement is in a transaction, as are those before it. */
  readonly isAtomic: boolean;
  tell(message: string): void;
}

/**
 * Whether a statement would pass silently over the INVALID index that a failed
 * build of the same name has left.
 */
export function mayMeetRemains(sql: string): boolean {
  return /^create\s[^]{0,40}\bindex\s[^]{0,60}\bif\s+not\s+exists\b/i.test(sql);
}

/** Whether there is any INVALID index that is not waiting for partitions. */
export async function hasInvalidIndexes(
  connection: Connection,
): Promise<boolean> {
  const [answer] = await connection.run(
    `SELECT EXISTS (${INDEXES} WHERE NOT i.indisvalid AND c.relkind = 'i')`,
  );
  return answer?.rows[0]?.[0] === "t";
}

/**
 * Finds out whether the effect of a statement outside a transaction is there,
 * and clears away what an attempt of it left half-made: an INVALID index, or a
 * partition whose detaching was not finished.
 */
export async function settleStatement(
  settling: Settling,
  statement: Statement,
): Promise<Settlement> {
  const tree = (await loadGrammar()).parse(statement.text);
  const settle = tree === undefined ? undefined : SETTLERS.get(tree.kind);
  if (tree === undefined || settle === undefined) return "run";
  return await settle(settling, tree);
}

type Settler = (settling: Settling, tree: ParseTree) => Promise<Settlement>;

const SETTLERS: ReadonlyMap<string, Settler> = new Map([
  ["IndexStmt", settleCreateIndex],
  ["DropStmt", settleDropIndex],
  ["ReindexStmt", settleReindex],
  ["AlterTableStmt", settleDetach],
]);

async function settleCreateIndex(
  settling: Settling,
  { fields }: ParseTree,
): Promise<Settlement> {
  const index = text(fields["idxname"]);
  const isConcurrent = fields["concurrent"] === true;
  const isMet = isConcurrent || fields["if_not_exists"] === true;
  if (!isMet || index === undefined) return "run";
  const [answer] = await settling.connection.run(
    `${INDEXES} WHERE i.indrelid ${OPERATOR.equals} ` +
      `${relation(fields["relation"])} ` +
      `AND c.relname ${OPERATOR.equals} ${quoteLiteral(index)} ` +
      `AND c.relkind ${OPERATOR.equals} 'i'`,
  );
  const [isValid, name] = answer?.rows[0] ?? [];
  if (isValid === undefined || name === undefined) return "run";
  if (isValid === "t") return isConcurrent ? "done" : "run";
  await dropInvalid(settling, name);
  return "run";
}

/** A drop that was cut off leaves an INVALID index, which it drops again. */
async function settleDropIndex(
  { connection }: Settling,
  { fields }: ParseTree,
): Promise<Settlement> {
  if (fields["concurrent"] !== true) return "run";
  const [object] = nodes(fields["objects"]);
  const name = nodes(readNode(object)?.fields["items"], "String")
    .map((part) => quoteIdentifier(text(part["sval"]) ?? "")).join(".");
  const [answer] = await connection.run(
    `SELECT pg_catalog.to_regclass(${quoteLiteral(name)}) IS NULL`,
  );
  return answer?.rows[0]?.[0] === "t" ? "done" : "run";
}

/**
 * A rebuild that was cut off leaves INVALID copies, which the documentation of
 * REINDEX says to drop; then it can run again from the start.
 */
async function settleReindex(
  settling: Settling,
  { fields }: ParseTree,
): Promise<Settlement> {
  const target = fields["relation"];
  if (target === undefined) return "run";
  const [answer] = await settling.connection.run(
    `${INDEXES} WHERE NOT i.indisvalid ` +
      `AND c.relname ${OPERATOR.matches} '_cc(new|old)[0-9]*$' ` +
      `AND i.indrelid ${OPERATOR.equals} ANY (` +
      `SELECT ${relation(target)} UNION ALL SELECT indrelid ` +
      `FROM pg_catalog.pg_index ` +
      `WHERE indexrelid ${OPERATOR.equals} ${relation(target)})`,
  );
  for (const [, name = ""] of answer?.rows ?? []) {
    await dropInvalid(settling, name);
  }
  return "run";
}

async function dropInvalid(
  { connection, mark, isAtomic, tell }: Settling,
  name: string,
): Promise<void> {
  const way = isAtomic ? "" : "CONCURRENTLY ";
  await connection.run(`${mark}DROP INDEX ${way}${name}`);
  tell(`dropped the INVALID index ${name} that an earlier attempt left`);
}

/** A detached partition has no parent; a half-detached one is finished. */
async function settleDetach(
  settling: Settling,
  { fields }: ParseTree,
): Promise<Settlement> {
  const [command] = nodes(fields["cmds"], "AlterTableCmd");
  const partition = readNode(command?.["def"]);
  if (partition?.fields["concurrent"] !== true) return "run";
  const child = partition.fields["name"];
  const { connection, mark, tell } = settling;
  const [answer] = await connection.run(
    "SELECT inhdetachpending FROM pg_catalog.pg_inherits " +
      `WHERE inhrelid ${OPERATOR.equals} ${relation(child)} ` +
      `AND inhparent ${OPERATOR.equals} ${relation(fields["relation"])}`,
  );
  const isPending = answer?.rows[0]?.[0];
  if (isPending === undefined) return "done";
  if (isPending !== "t") return "run";
  await connection.run(
    `${mark}ALTER TABLE ${nameOf(fieldsOf(fields["relation"]))} ` +
      `DETACH PARTITION ${nameOf(fieldsOf(child))} FINALIZE`,
  );
  tell("finished the DETACH PARTITION that an earlier attempt began");
  return "done";
}

/** Whether an index is valid, and its name as SQL. */
const INDEXES =
  "SELECT i.indisvalid, i.indexrelid::pg_catalog.regclass::pg_catalog.text " +
  "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c " +
  `ON c.oid ${OPERATOR.equals} i.indexrelid`;

/** The oid of a relation, or NULL, as the session's search_path finds it. */
function relation(node: unknown): string {
  return `pg_catalog.to_regclass(${quoteLiteral(nameOf(fieldsOf(node)))})`;
}

function nameOf(fields: ParseFields): string {
  return [text(fields["schemaname"]), text(fields["relname"])]
    .filter((part) => part !== undefined)
    .map((part) => quoteIdentifier(part)).join(".");
}
