import { fieldsOf, names, type ParseFields } from "../sql/parse_tree.ts";

/** A function in an expression whose value differs from row to row, if any. */
export function findVolatileCall(expression: unknown): string | undefined {
  if (Array.isArray(expression)) return first(expression);
  const fields = fieldsOf(expression);
  const call = fields["FuncCall"];
  const name = call === undefined ? undefined : volatileName(fieldsOf(call));
  return name ?? first(Object.values(fields));
}

/** The names of the functions that an expression calls. */
export function callsIn(expression: unknown): readonly string[] {
  if (typeof expression !== "object" || expression === null) return [];
  const fields = fieldsOf(expression);
  const call = fieldsOf(fields["FuncCall"]);
  const name = names(call["funcname"]).at(-1);
  const others = Object.values(expression).flatMap(callsIn);
  return name === undefined ? others : [name, ...others];
}

function first(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const isNode = typeof value === "object" && value !== null;
    const name = isNode ? findVolatileCall(value) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

function volatileName(call: ParseFields): string | undefined {
  const name = names(call["funcname"]).at(-1) ?? "";
  return VOLATILE.has(name) ? name : undefined;
}

/** Volatile functions of PostgreSQL and its extensions; `now()` is stable. */
const VOLATILE: ReadonlySet<string> = new Set([
  "clock_timestamp",
  "gen_random_bytes",
  "gen_random_uuid",
  "nextval",
  "random",
  "random_normal",
  "timeofday",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "uuidv4",
  "uuidv7",
]);
