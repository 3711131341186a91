import {
  fieldsOf,
  names,
  type ParseFields,
  readNode,
  text,
} from "../sql/parse_tree.ts";
import type { QualifiedName } from "../sql/quote.ts";
import type { LossTarget } from "./loss.ts";

/** What a DROP takes data from. */
export function dropTargets(fields: ParseFields): readonly LossTarget[] {
  const kind = text(fields["removeType"]) ?? "";
  const reach = fields["behavior"] === "DROP_CASCADE" ? "cascade" : "restrict";
  if (HARMLESS.has(kind)) return [];
  const named = KINDS[kind];
  if (named === undefined) {
    return reach === "cascade" ? [{ kind: "anything" }] : [];
  }
  const objects = namedObjects(fields["objects"]);
  if (named === "sequence") {
    return objects.map((name) => ({ kind: named, name }));
  }
  // Without CASCADE the server refuses when something hangs on it.
  if (reach === "restrict" && !TAKES_ALONG.has(named)) return [];
  return objects.map((name) => ({ kind: named, name, reach }));
}

const KINDS: Readonly<
  Record<
    string,
    "relation" | "schema" | "type" | "extension" | "routine" | "sequence"
  >
> = {
  OBJECT_AGGREGATE: "routine",
  OBJECT_DOMAIN: "type",
  OBJECT_EXTENSION: "extension",
  OBJECT_FOREIGN_TABLE: "relation",
  OBJECT_FUNCTION: "routine",
  OBJECT_INDEX: "relation",
  OBJECT_MATVIEW: "relation",
  OBJECT_PROCEDURE: "routine",
  OBJECT_ROUTINE: "routine",
  OBJECT_SCHEMA: "schema",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_TABLE: "relation",
  OBJECT_TYPE: "type",
  OBJECT_VIEW: "relation",
};

/** What holds rows of its own. */
const TAKES_ALONG: ReadonlySet<string> = new Set(["relation", "extension"]);

/** No column hangs on these, nor does a table that has rows here. */
const HARMLESS: ReadonlySet<string> = new Set([
  "OBJECT_CAST",
  "OBJECT_CONVERSION",
  "OBJECT_EVENT_TRIGGER",
  "OBJECT_FDW",
  "OBJECT_FOREIGN_SERVER",
  "OBJECT_OPCLASS",
  "OBJECT_OPERATOR",
  "OBJECT_OPFAMILY",
  "OBJECT_POLICY",
  "OBJECT_PUBLICATION",
  "OBJECT_RULE",
  "OBJECT_STATISTIC_EXT",
  "OBJECT_TRANSFORM",
  "OBJECT_TRIGGER",
  "OBJECT_TSCONFIGURATION",
  "OBJECT_TSDICTIONARY",
  "OBJECT_TSPARSER",
  "OBJECT_TSTEMPLATE",
]);

/** The names in the list of objects of a DROP. */
export function namedObjects(objects: unknown): readonly QualifiedName[] {
  if (!Array.isArray(objects)) return [];
  return objects.map((object) => {
    const parts = partsOf(object);
    const name = parts.at(-1) ?? "";
    const schema = parts.at(-2);
    return schema === undefined ? { name } : { schema, name };
  });
}

function partsOf(object: unknown): readonly string[] {
  const node = readNode(object);
  switch (node?.kind) {
    case "List":
      return names(node.fields["items"]);
    case "String":
      return [text(node.fields["sval"]) ?? ""];
    case "TypeName":
      return names(node.fields["names"]);
    case "ObjectWithArgs":
      return names(fieldsOf(node.fields)["objname"]);
    default:
      return [];
  }
}
