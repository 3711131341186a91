import { dropStatement } from "../backup/drop_statement.ts";
import type { SchemaObject } from "../schema/schema_object.ts";
import { revokeOld } from "./alter_grants.ts";

/** The statements that drop an object; undefined where none can. */
export function dropObject(
  object: SchemaObject,
): readonly string[] | undefined {
  const { kind, name, parts } = object;
  switch (kind) {
    case "schema":
    case "extension":
      return [`DROP ${kind.toUpperCase()} ${name};`];
    case "default privileges":
      return revokeOld(parts.privileges, undefined);
    case "security label":
      return [
        (parts.create ?? "").replace(
          / IS E?'(?:[^'\\]|''|\\.)*';$/su,
          " IS NULL;",
        ),
      ];
    case "subscription":
      return undefined;
    case "index":
    case "constraint":
      // It goes with what it is a part of.
      return parts.create?.includes(" ATTACH PARTITION ") === true
        ? []
        : dropPlain(object);
    case "trigger":
      // What only switches the trigger of its parent on or off goes with it.
      return parts.create?.startsWith("ALTER TABLE ") === true
        ? []
        : dropPlain(object);
    default:
      return dropPlain(object);
  }
}

/** What its table takes along may be gone by then. */
function dropPlain(object: SchemaObject): readonly string[] {
  const isOwned = object.kind === "sequence" && object.parts.late !== undefined;
  const statement = dropStatement(object, isOwned ? "IF EXISTS " : "");
  return statement === undefined ? [] : [statement];
}
