import type { SchemaGraph } from "../schema/order_objects.ts";
import type { CopyPublication } from "./copy_manifest.ts";

/** Which publications have tables of a selection, without being in it. */
export function publishedTables(
  { objects }: SchemaGraph,
  selection: ReadonlySet<string>,
): readonly CopyPublication[] {
  const tables = new Set(
    [...selection].flatMap((id) => {
      const object = objects.get(id);
      return object?.kind === "table" ? [object.name] : [];
    }),
  );
  return [...objects].flatMap(([id, { kind, name, parts }]) => {
    if (kind !== "publication" || selection.has(id)) return [];
    return (parts.create ?? "").split(/(?<=;)\n/).flatMap((sql) => {
      const start = `ALTER PUBLICATION ${name} ADD TABLE ONLY `;
      const table = [...tables].find((one) =>
        [";", " "].some((end) => sql.startsWith(`${start}${one}${end}`))
      );
      return table === undefined ? [] : [{ publication: name, table, sql }];
    });
  });
}
