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
import { tokenize } from "../sql/tokens.ts";
import { dropTargets } from "./drop_targets.ts";
import type { LossTarget } from "./loss.ts";
import { mayDestroy } from "./loss_words.ts";

/** What the grammar says that a statement may take data from. */
export function findLosses(tree: ParseTree): readonly LossTarget[] {
  const { kind, fields } = tree;
  switch (kind) {
    case "CreateFunctionStmt":
    case "RuleStmt":
    case "ViewStmt":
      // It runs nothing of what it holds.
      return [];
    case "DropStmt":
      return dropTargets(fields);
    case "DropOwnedStmt":
      return [{ kind: "anything" }];
    case "DropdbStmt":
      return [{
        kind: "database",
        name: { name: text(fields["dbname"]) ?? "" },
      }];
    case "DoStmt":
      return codeTargets(codeOf(fields));
    default:
      return [...targetsOf(kind, fields), ...targetsInside(fields)];
  }
}

function targetsOf(kind: string, fields: ParseFields): readonly LossTarget[] {
  switch (kind) {
    case "TruncateStmt":
      return nodes(fields["relations"], "RangeVar").map((relation) => ({
        kind: "rows",
        name: nameOf(relation),
        reach: fields["behavior"] === "DROP_CASCADE" ? "cascade" : "restrict",
      }));
    case "DeleteStmt":
      return [{
        kind: "rows",
        name: nameOf(fields["relation"]),
        reach: "restrict",
      }];
    case "UpdateStmt":
      return overwritten(fields, fields["relation"]);
    case "InsertStmt":
      return overwritten(
        fieldsOf(fields["onConflictClause"]),
        fields["relation"],
      );
    case "MergeStmt":
      return mergeTargets(fields);
    case "AlterTableStmt":
      return alterTargets(fields);
    case "FuncCall":
      return callTargets(fields);
    case "CallStmt":
      return callTargets(fieldsOf(fields["funccall"]));
    default:
      return [];
  }
}

/** Statements and calls may stand inside of others, as in WITH. */
function targetsInside(fields: ParseFields): readonly LossTarget[] {
  return Object.values(fields).flatMap((value) =>
    Array.isArray(value) ? value.flatMap(targetsInNode) : targetsInNode(value)
  );
}

function targetsInNode(value: unknown): readonly LossTarget[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([kind, inner]) =>
    Array.isArray(inner)
      ? inner.flatMap(targetsInNode)
      : typeof inner === "object" && inner !== null
      ? findLosses({ kind, fields: fieldsOf(inner) })
      : []
  );
}

function nameOf(relation: unknown): QualifiedName {
  const { schemaname, relname } = fieldsOf(relation);
  const schema = text(schemaname);
  const name = text(relname) ?? "";
  return schema === undefined ? { name } : { schema, name };
}

/** What an UPDATE sets, but for what it only fills in where there was nothing. */
function overwritten(
  { targetList, whereClause }: ParseFields,
  relation: unknown,
): readonly LossTarget[] {
  const empty = emptyColumns(whereClause, nameInQuery(relation));
  const columns = setColumns(targetList).filter((name) => !empty.has(name));
  return columns.length === 0
    ? []
    : [{ kind: "columns", name: nameOf(relation), columns }];
}

function setColumns(targetList: unknown): readonly string[] {
  return nodes(targetList, "ResTarget").map(({ name }) => text(name) ?? "");
}

function nameInQuery(relation: unknown): string | undefined {
  const { alias, relname } = fieldsOf(relation);
  return text(fieldsOf(alias)["aliasname"]) ?? text(relname);
}

/** The columns of a table that a WHERE demands to be NULL. */
function emptyColumns(
  where: unknown,
  table: string | undefined,
): ReadonlySet<string> {
  const node = readNode(where);
  if (node?.kind === "BoolExpr" && node.fields["boolop"] === "AND_EXPR") {
    const args = node.fields["args"];
    const all = Array.isArray(args)
      ? args.map((arg) => emptyColumns(arg, table))
      : [];
    return new Set(all.flatMap((found) => [...found]));
  }
  if (node?.kind !== "NullTest") return new Set();
  const { nulltesttype, arg } = node.fields;
  const column = readNode(arg);
  const isColumn = nulltesttype === "IS_NULL" && column?.kind === "ColumnRef";
  const path = isColumn ? names(column.fields["fields"]) : [];
  const name = path.at(-1);
  const isOwn = (path.at(-2) ?? table) === table;
  return new Set(name === undefined || !isOwn ? [] : [name]);
}

function mergeTargets(fields: ParseFields): readonly LossTarget[] {
  const name = nameOf(fields["relation"]);
  return nodes(fields["mergeWhenClauses"], "MergeWhenClause").flatMap(
    ({ commandType, targetList }): readonly LossTarget[] => {
      switch (commandType) {
        case "CMD_DELETE":
          return [{ kind: "rows", name, reach: "restrict" }];
        case "CMD_UPDATE":
          return [{ kind: "columns", name, columns: setColumns(targetList) }];
        default:
          return [];
      }
    },
  );
}

function alterTargets(fields: ParseFields): readonly LossTarget[] {
  const columns = nodes(fields["cmds"], "AlterTableCmd")
    .filter(losesValues).map(({ name }) => text(name) ?? "");
  if (columns.length === 0) return [];
  // Of a composite type: who knows which columns are of it.
  if (fields["objtype"] === "OBJECT_TYPE") return [{ kind: "anything" }];
  return [{ kind: "columns", name: nameOf(fields["relation"]), columns }];
}

function losesValues({ subtype, def }: ParseFields): boolean {
  if (subtype === "AT_DropColumn") return true;
  if (subtype !== "AT_AlterColumnType") return false;
  const column = fieldsOf(fieldsOf(def)["ColumnDef"]);
  const type = fieldsOf(column["typeName"]);
  const isText = names(type["names"]).at(-1) === "text";
  // Every value has a text, which the column then holds.
  return !isText || type["arrayBounds"] !== undefined ||
    column["raw_default"] !== undefined;
}

function callTargets(fields: ParseFields): readonly LossTarget[] {
  return callsOf(names(fields["funcname"]));
}

function callsOf(path: readonly string[]): readonly LossTarget[] {
  const name = path.at(-1) ?? "";
  const schema = path.at(-2);
  if (DESTROYERS.has(name)) return [{ kind: "anything" }];
  if (schema === "pg_catalog") return [];
  return [{
    kind: "call",
    name: schema === undefined ? { name } : { schema, name },
  }];
}

/** Functions in C that destroy data: large objects, and chunks of TimescaleDB. */
const DESTROYERS: ReadonlySet<string> = new Set([
  "drop_chunks",
  "lo_put",
  "lo_truncate",
  "lo_truncate64",
  "lo_unlink",
  "lowrite",
]);

/** The code of a DO block: what it does itself, or has a routine do. */
function codeTargets(code: string): readonly LossTarget[] {
  if (mayDestroy(code)) return [{ kind: "anything" }];
  const tokens = [...tokenize(code)];
  return tokens.flatMap(({ text }, index) => {
    if (text !== "(") return [];
    const { name, word } = tokens[index - 1] ?? {};
    if (name === undefined || NO_CALLS.has(word ?? "")) return [];
    const schema = tokens[index - 2]?.text === "."
      ? tokens[index - 3]?.name
      : undefined;
    return callsOf(schema === undefined ? [name] : [schema, name]);
  });
}

/** Words that stand before a parenthesis and call nothing. */
const NO_CALLS: ReadonlySet<string> = new Set([
  "all",
  "and",
  "any",
  "as",
  "check",
  "coalesce",
  "else",
  "elsif",
  "enum",
  "exists",
  "from",
  "if",
  "in",
  "not",
  "on",
  "or",
  "over",
  "return",
  "select",
  "then",
  "using",
  "values",
  "when",
  "where",
]);

function codeOf(fields: ParseFields): string {
  const code = nodes(fields["args"], "DefElem")
    .find(({ defname }) => defname === "as");
  return text(readNode(code?.["arg"])?.fields["sval"]) ?? "";
}
