import type { SchemaObject } from "../schema/schema_object.ts";
import { splitLastName } from "../sql/name_parts.ts";
import type { CopyScope } from "./copy_scope.ts";

/**
 * Partitions of tables that a backup does not replace, by name, with the
 * statement that attaches each.
 */
export function findLoosePartitions(
  { replaced }: CopyScope,
  objects: ReadonlyMap<string, SchemaObject>,
): ReadonlyMap<string, string> {
  const tables = [...replaced].map((id) => objects.get(id))
    .filter((object) => object?.kind === "table");
  const names = new Set(tables.map((table) => table?.name));
  const loose = new Map<string, string>();
  for (const table of tables) {
    const attach = statementsOf(table).find(isAttach);
    const parent = /^ALTER TABLE ONLY (.+?) ATTACH /.exec(attach ?? "")?.[1];
    if (table === undefined || attach === undefined || names.has(parent)) {
      continue;
    }
    loose.set(table.name, attach);
  }
  return loose;
}

/**
 * The object as it is made before its table is attached. A table that has its
 * indexes by then keeps them: the server takes those that fit, and would make
 * others where there are none.
 */
export function withoutAttachment(
  object: SchemaObject,
  loose: ReadonlyMap<string, string>,
): SchemaObject {
  const { kind, name, parts } = object;
  const table = kind === "table" ? name : splitLastName(name).head;
  if (!KINDS.has(kind) || !loose.has(table)) return object;
  const create = statementsOf(object).filter((one) => !isAttach(one));
  return { ...object, parts: { ...parts, create: create.join("\n") } };
}

const KINDS: ReadonlySet<string> = new Set(["table", "index", "constraint"]);

function statementsOf(object: SchemaObject | undefined): readonly string[] {
  return (object?.parts.create ?? "").split(/(?<=;)\n/);
}

function isAttach(statement: string): boolean {
  return /^ALTER (?:TABLE ONLY|INDEX) .+ ATTACH PARTITION [^]+;$/.test(
    statement,
  );
}
